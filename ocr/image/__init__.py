"""From a file to pages that can be read: limits, orientation, light, quality, boxes."""
