namespace Chronik.Server.Options;

/// <summary>Finds what somebody probably meant.</summary>
internal static class Spelling
{
    /// <summary>The nearest candidate, if it is near enough to be a slip.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var bestDistance = Math.Clamp(word.Length / 6, 1, 3) + 1;
        foreach (var candidate in candidates)
        {
            var distance = Distance(Normalize(word), Normalize(candidate));
            if (distance >= bestDistance)
                continue;
            bestDistance = distance;
            best = candidate;
        }

        return best;
    }

    private static string Normalize(string word) => word.ToLowerInvariant().Replace('_', '.').Replace('-', '.');

    /// <summary>How many letters to insert, leave out, change or swap with their neighbour.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3)
            return int.MaxValue;
        var before = new int[b.Length + 1];
        var last = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last) = (last, row);
        }

        return last[b.Length];
    }
}
