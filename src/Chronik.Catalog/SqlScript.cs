namespace Chronik.Catalog;

/// <summary>The .sql files of this assembly: statements (Sql/) and schema steps (Migrations/).</summary>
internal static class SqlScript
{
    private const string MigrationPrefix = "Migrations.";

    /// <summary>The text of Sql/<paramref name="name"/>.sql.</summary>
    internal static string Statement(string name) => Read("Sql." + name);

    /// <summary>The schema steps in order: their numbers and texts. The numbers are 1, 2, 3 and so on.</summary>
    internal static IReadOnlyList<(int Version, string Text)> Migrations() =>
        [.. typeof(SqlScript).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(MigrationPrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (int.Parse(name.AsSpan(MigrationPrefix.Length, 4)), Read(name)))];

    private static string Read(string resource)
    {
        using var stream = typeof(SqlScript).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
