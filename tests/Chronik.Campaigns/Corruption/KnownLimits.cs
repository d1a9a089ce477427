namespace Chronik.Campaigns.Corruption;

/// <summary>
/// Damage that a start cannot see, for Kafka's files have neither a checksum nor a count there: a transaction index that lost
/// whole entries, which `log verify` finds.
/// </summary>
internal static class KnownLimits
{
    private const int TransactionEntryBytes = 34;

    public static bool Explain(StoreImage image, Mutation mutation, bool wasVerified, IReadOnlyList<string> wrong) =>
        wasVerified && wrong.All(static text => text.Contains("the transaction of offset", StringComparison.Ordinal)) && mutation.Changed.Any(path => HasLostEntries(image, mutation, path));

    private static bool HasLostEntries(StoreImage image, Mutation mutation, string path)
    {
        if (!path.EndsWith(".txnindex", StringComparison.Ordinal) || !image.Files.TryGetValue(path, out var before))
            return false;
        return !mutation.Files.TryGetValue(path, out var after)
            || (after.Length < before.Length && after.Length % TransactionEntryBytes == 0 && before.AsSpan().StartsWith(after));
    }
}
