namespace Chronik.Catalog.Tests;

public sealed class GroupCommitTests : IDisposable
{
    private readonly CatalogFile _file = new();
    private readonly StepScheduler _scheduler = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Changes_of_many_callers_are_committed_in_one_transaction()
    {
        List<int> commits = [];
        var group = new GroupCommit(writes => commits.Add(writes.Count), _scheduler);

        var callers = Enumerable.Range(0, 100).Select(_ => group.WriteAsync([])).ToArray();
        Assert.DoesNotContain(callers, c => c.IsCompleted);
        _scheduler.RunAll();
        await Task.WhenAll(callers);

        Assert.Equal([100], commits);
    }

    [Fact]
    public async Task What_arrives_during_a_commit_makes_up_the_next_one()
    {
        List<int> commits = [];
        List<Task> late = [];
        GroupCommit? group = null;
        group = new GroupCommit(
            writes =>
            {
                commits.Add(writes.Count);
                if (commits.Count == 1)
                    late = [.. Enumerable.Range(0, 3).Select(_ => group!.WriteAsync([]))];
            },
            _scheduler);

        var first = group.WriteAsync([]);
        _scheduler.RunAll();
        await first;
        await Task.WhenAll(late);

        Assert.Equal([1, 3], commits);
    }

    [Fact]
    public async Task A_commit_that_breaks_in_an_unforeseen_way_leaves_nobody_waiting_and_the_next_one_works()
    {
        var isBroken = true;
        var group = new GroupCommit(_ => { if (isBroken) throw new InvalidTimeZoneException("odd"); }, _scheduler);

        var writes = new[] { group.WriteAsync([]), group.WriteAsync([]) };
        _scheduler.RunAll();
        foreach (var write in writes)
            Assert.Contains("odd", (await Assert.ThrowsAsync<CatalogException>(() => write)).Message, StringComparison.Ordinal);
        isBroken = false;
        var next = group.WriteAsync([]);
        _scheduler.RunAll();
        await next;
    }

    [Fact]
    public async Task Closing_commits_what_came_before_and_refuses_what_comes_after()
    {
        var commits = 0;
        var group = new GroupCommit(writes => commits += writes.Count, _scheduler);
        var before = group.WriteAsync([]);

        var closing = group.CloseAsync();
        var after = group.WriteAsync([]);
        Assert.False(closing.IsCompleted);
        _scheduler.RunAll();
        await closing;
        await before;

        Assert.Equal(1, commits);
        await Assert.ThrowsAsync<CatalogException>(() => after);
    }

    [Fact]
    public async Task A_change_that_fails_fails_only_its_own_caller_and_takes_back_that_callers_other_changes()
    {
        var catalog = _file.New(scheduler: _scheduler);
        var load = catalog.LoadAsync();
        _scheduler.RunAll();
        await load;

        var good = catalog.WriteAsync(new TopicCreated(new TopicRow(CatalogFile.Id(1), "a", 1)));
        var bad = catalog.WriteAsync(
            new TopicCreated(new TopicRow(CatalogFile.Id(2), "b", 1)),
            new TopicCreated(new TopicRow(CatalogFile.Id(3), "a", 1)));
        var missing = catalog.WriteAsync(new PartitionsAdded(CatalogFile.Id(9), 4));
        var alsoGood = catalog.WriteAsync(new TopicCreated(new TopicRow(CatalogFile.Id(4), "d", 1)));
        _scheduler.RunAll();
        await good;
        await alsoGood;
        var refused = await Assert.ThrowsAsync<CatalogException>(() => bad);
        await Assert.ThrowsAsync<CatalogException>(() => missing);
        await catalog.DisposeAsync();

        Assert.StartsWith("The catalog refused a change: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "d"], (await _file.ReadAsync()).Topics.Select(t => t.Name));
    }
}
