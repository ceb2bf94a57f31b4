"""Articles, recipes, exercises, questionnaires and quizzes as files; choosing what suits whom."""
