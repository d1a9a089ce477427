using Chronik.Catalog;
using Chronik.Protocol;

namespace Chronik.Broker.Tests.Groups;

/// <summary>A catalog in memory whose commits a test can hold back or refuse.</summary>
internal sealed class FakeCatalog : ICatalog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GroupRow> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Group, string Topic, int Partition), CommittedOffsetRow> _offsets = [];
    private readonly List<TaskCompletionSource> _held = [];

    /// <summary>Writes of these groups wait for <see cref="Release"/>.</summary>
    public HashSet<string> HeldGroups { get; } = new(StringComparer.Ordinal);

    /// <summary>Nothing more is stored for these.</summary>
    public HashSet<TopicId> DeletedTopics { get; } = [];

    public bool Refuses { get; set; }

    /// <summary>How often it was asked to write.</summary>
    public int Writes { get; private set; }

    public int Held
    {
        get
        {
            lock (_gate)
                return _held.Count;
        }
    }

    public Task<CatalogSnapshot> LoadAsync() => Task.FromResult(Snapshot());

    public CatalogSnapshot Snapshot()
    {
        lock (_gate)
            return new CatalogSnapshot("cluster", [], [], [], [.. _groups.Values], [.. _offsets.Values], 0);
    }

    public async Task WriteAsync(params IReadOnlyList<CatalogChange> changes)
    {
        TaskCompletionSource? hold = null;
        lock (_gate)
        {
            Writes++;
            if (changes.Any(change => HeldGroups.Contains(GroupOf(change))))
                _held.Add(hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        if (hold is not null)
            await hold.Task;
        if (Refuses)
            throw new CatalogException("the disk is full");
        lock (_gate)
        {
            foreach (var change in changes)
                Apply(change);
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            foreach (var held in _held)
                held.SetResult();
            _held.Clear();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Apply(CatalogChange change)
    {
        switch (change)
        {
            case GroupSaved saved:
                _groups[saved.GroupId] = new GroupRow(saved.GroupId, saved.Kind, saved.State);
                break;
            case GroupDeleted deleted:
                _groups.Remove(deleted.GroupId);
                foreach (var key in _offsets.Keys.Where(key => key.Group == deleted.GroupId).ToList())
                    _offsets.Remove(key);
                break;
            case OffsetCommitted committed when !DeletedTopics.Contains(committed.TopicId):
                _offsets[(committed.Offset.GroupId, committed.Offset.Topic, committed.Offset.Partition)] = committed.Offset;
                break;
            case OffsetDeleted deleted:
                _offsets.Remove((deleted.GroupId, deleted.Topic, deleted.Partition));
                break;
        }
    }

    private static string GroupOf(CatalogChange change) => change switch
    {
        GroupSaved saved => saved.GroupId,
        GroupDeleted deleted => deleted.GroupId,
        OffsetCommitted committed => committed.Offset.GroupId,
        OffsetDeleted deleted => deleted.GroupId,
        _ => "",
    };
}
