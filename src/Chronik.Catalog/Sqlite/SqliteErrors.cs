using Microsoft.Data.Sqlite;

namespace Chronik.Catalog.Sqlite;

/// <summary>Says in a sentence what SQLite means by its result codes (sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    /// <summary>What an operator does about a damaged catalog.</summary>
    internal const string WhatToDo =
        "Bring it back from a backup, or run `chronik-server catalog repair`, which keeps it aside and takes the topics from their folders.";

    internal static CatalogException Explain(string path, SqliteException e) => new(
        e.SqliteErrorCode switch
        {
            Busy or Locked => $"Another program holds the catalog {path} locked.",
            ReadOnly => $"The catalog {path} cannot be written: check the rights of the file and its folder.",
            IoError => $"The disk failed under the catalog {path} (SQLite error {e.SqliteExtendedErrorCode}).",
            Corrupt or NotADatabase => $"The catalog {path} is damaged or is no SQLite database. {WhatToDo}",
            Full => $"The disk that holds the catalog {path} is full.",
            CannotOpen => $"The catalog {path} cannot be opened: check that its folder exists and may be written.",
            Constraint => $"The catalog refused a change: {e.Message}",
            _ => $"The catalog {path} failed: {e.Message}",
        },
        e);
}
