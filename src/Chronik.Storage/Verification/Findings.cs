namespace Chronik.Storage.Verification;

/// <summary>Gathers the findings of one folder; those that lie side by side become one.</summary>
internal sealed class Findings(string partition)
{
    private const int FindingsMax = 10_000;
    private readonly List<LogFinding> _all = [];

    public IReadOnlyList<LogFinding> All => _all;

    public void Add(string file, FindingKind kind, string problem, FindingSeverity severity = FindingSeverity.Damage) =>
        Add(new LogFinding { Partition = partition, File = file, Kind = kind, Problem = problem, Severity = severity });

    public void Add(string file, FindingKind kind, FindingSeverity severity, (long Position, long End) place, (long First, long Next) offsets, string problem) =>
        Add(new LogFinding
        {
            Partition = partition,
            File = file,
            Kind = kind,
            Severity = severity,
            Problem = problem,
            Position = place.Position,
            End = place.End,
            FirstOffset = offsets.Next > offsets.First ? offsets.First : null,
            NextOffset = offsets.Next > offsets.First ? offsets.Next : null,
        });

    public void Add(string file, FindingKind kind, IndexProblems problems, FindingSeverity severity)
    {
        if (problems.Count > 0)
        {
            Add(new LogFinding
            {
                Partition = partition,
                File = file,
                Kind = kind,
                Severity = severity,
                Position = problems.Position,
                Count = problems.Count,
                Problem = problems.First! + (problems.Count > 1 ? $" (and {problems.Count - 1} more)" : ""),
            });
        }
    }

    public void Add(LogFinding finding)
    {
        if (_all.Count > 0 && IsBeside(_all[^1], finding))
        {
            var last = _all[^1];
            _all[^1] = last with { End = finding.End, NextOffset = finding.NextOffset ?? last.NextOffset, FirstOffset = last.FirstOffset ?? finding.FirstOffset, Count = last.Count + 1 };
        }
        else if (_all.Count < FindingsMax)
        {
            _all.Add(finding);
        }
    }

    private static bool IsBeside(LogFinding last, LogFinding next) =>
        last.Kind == next.Kind && last.Severity == next.Severity && last.File == next.File && last.End is not null && last.End == next.Position;
}
