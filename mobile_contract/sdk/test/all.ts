// One process for all: starting Node for each file would cost more than most tests.
import './errors.test.js'
import './live.test.js'
import './queue.test.js'
import './session.test.js'
import './uni.test.js'
import './upload.test.js'
