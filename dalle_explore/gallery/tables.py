"""The tables of a gallery: one place for what its file looks like."""

__all__ = ["APPLICATION", "PAGE", "TABLES", "THUMBNAILS", "VERSION"]

APPLICATION = 0x44414C4C  # "DALL", in the file's header, so that a gallery is known by its file
VERSION = 1  # of the tables, in the file's header
PAGE = 8192  # bytes; of 4096 every page of 256-code pictures would stay empty to a tenth

# May be missing: pictures are decoded from their codes again.
THUMBNAILS = "CREATE TABLE thumbnails(picture INTEGER PRIMARY KEY, data BLOB NOT NULL)"

# What many rows share is written once and referred to by a small number. `codes` is a BLOB of
# unsigned 16-bit integers; an INTEGER, their digest, once they were dropped; NULL where they were
# never known. Every `digest` and `seal` covers what its row says and refers to.
TABLES = (
    "CREATE TABLE classes(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE texts(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    "CREATE TABLE digests(id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE)",
    "CREATE TABLE hows(id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE, "
    "model TEXT NOT NULL, model_digest TEXT NOT NULL)",
    "CREATE TABLE facts(id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE)",
    "CREATE TABLE pictures(id INTEGER PRIMARY KEY, key BLOB NOT NULL, class INTEGER NOT NULL, "
    "text INTEGER NOT NULL, how INTEGER NOT NULL, seed INTEGER NOT NULL, "
    "log_probability REAL NOT NULL, entropy REAL NOT NULL, fit REAL, digest BLOB NOT NULL, "
    "codes, UNIQUE(key, class))",
    "CREATE INDEX pictures_text ON pictures(text)",
    "CREATE TABLE scores(picture INTEGER NOT NULL, scorer INTEGER NOT NULL, "
    "text INTEGER NOT NULL, value REAL NOT NULL, seal INTEGER NOT NULL, "
    "PRIMARY KEY(picture, scorer, text)) WITHOUT ROWID",
    "CREATE TABLE readings(picture INTEGER NOT NULL, judge INTEGER NOT NULL, "
    "facts INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY(picture, judge)) WITHOUT ROWID",
    "CREATE TABLE marks(picture INTEGER PRIMARY KEY, favourite INTEGER NOT NULL, "
    "note TEXT NOT NULL)",
    "CREATE TABLE grids(id INTEGER PRIMARY KEY, name TEXT UNIQUE, created INTEGER NOT NULL, "
    "spec TEXT NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE cells(grid INTEGER NOT NULL, place INTEGER NOT NULL, labels TEXT NOT NULL, "
    "PRIMARY KEY(grid, place)) WITHOUT ROWID",
    "CREATE TABLE labels(axis TEXT NOT NULL, label TEXT NOT NULL, grid INTEGER NOT NULL, "
    "place INTEGER NOT NULL, PRIMARY KEY(axis, label, grid, place)) WITHOUT ROWID",
    "CREATE TABLE members(grid INTEGER NOT NULL, place INTEGER NOT NULL, "
    "number INTEGER NOT NULL, key BLOB NOT NULL, class INTEGER NOT NULL, "
    "PRIMARY KEY(grid, place, number)) WITHOUT ROWID",
    "CREATE INDEX members_key ON members(key)",
    "CREATE TABLE trees(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "created INTEGER NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE nodes(tree INTEGER NOT NULL, number INTEGER NOT NULL, key BLOB NOT NULL, "
    "class INTEGER NOT NULL, parents TEXT NOT NULL, label TEXT NOT NULL, how TEXT NOT NULL, "
    "PRIMARY KEY(tree, number)) WITHOUT ROWID",
    THUMBNAILS,
)
