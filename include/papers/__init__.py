"""What finance reads of a day: one paper, in every form. Pure: a `Paper` in, text or bytes out; no clock, no file, no database.

    words.py      an amount, a date, an age, as people read them
    telling.py    what a paper says, before it has a form: the verdict, the groups, what changed after the signature
    page.py       one page of HTML, which printed is the PDF; templates/ beside it
    trend.py      the thirty days as a drawing
    tables.py     the paper as tables, which the files below are made of
    csv_file.py   one table that Excel opens rightly
    workbook.py   XLSX, by pandas
    plain.py      the same in a terminal, and in a letter's plain part

The command line, the letter and the page in Airflow share them, so that no two of them say different things.
"""
