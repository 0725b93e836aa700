# fails: between
# because: the table is read as a list of single days.
def rate_on(versions, day):
    return dict(versions).get(day)
