"""A rule small enough to break in every way."""

SMALL_RULE = """
title = { zh = "小", en = "Small" }
source = { zh = "自拟", en = "Ours" }
start = 10
start_quote = "ten"
best_answer = 1

[[grade]]
code = "bad"
name = { zh = "差", en = "Bad" }

[[grade]]
code = "good"
name = { zh = "好", en = "Good" }

[[category]]
code = "tidy"
name = { zh = "整洁", en = "Tidy" }
items = [{ code = "swept", zh = "扫", en = "Swept" }, { code = "painted", zh = "漆", en = "Painted" }]

[[fact]]
name = "fires"
label = { zh = "火灾", en = "Fires" }
events = ["fire_accident"]

[[criterion]]
fact = "fires"
points = -2.5
months = 12
quote = "each fire"

[[criterion]]
share_of = "tidy"
points = 5
quote = "tidy"

[[band]]
grade = "bad"
below = 6
quote = "below six"

[[band]]
grade = "good"
quote = "above"

[[cap]]
grade = "bad"
fact = "fires"
at_least = 2
months = 6
quote = "two fires"

[inspect_every_days]
bad = { officer = 10 }
good = { officer = 20 }
"""
