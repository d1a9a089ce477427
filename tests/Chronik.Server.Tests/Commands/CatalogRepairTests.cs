using Chronik.Catalog;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Commands;

/// <summary><c>catalog repair</c>: what it says and does to a data folder.</summary>
public sealed class CatalogRepairTests : IDisposable
{
    private const string Name = "chronik.db";
    private readonly TemporaryFolder _folder = new();

    private string CatalogPath => _folder.PathOf(Name);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Damage_is_named_and_without_yes_nothing_is_changed()
    {
        await MakeAsync();
        Damage(CatalogPath);
        var before = Content();
        var answer = await RepairAsync();
        Assert.Equal(0, answer.ExitCode);
        Assert.Equal("", answer.Error);
        Assert.StartsWith($"The catalog {CatalogPath} is damaged, or another program changed it: page ", answer.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            $"It would be kept as {CatalogPath}.damaged, and a new one begun without settings, groups and committed offsets. Nothing was changed: add --yes to do it.\n",
            answer.Output, StringComparison.Ordinal);
        Assert.Equal(before, Content());
    }

    [Fact]
    public async Task A_sound_catalog_stays_as_it_is_also_with_yes()
    {
        await MakeAsync();
        var before = Content();
        Assert.Equal(new Cli.Answer(0, $"Nothing is known to be wrong with {CatalogPath}.\nIt would stay as it is, if a start can read it.\n", ""), await RepairAsync());
        Assert.Equal(before, Content());
        Assert.Equal(new Cli.Answer(0, $"Nothing is known to be wrong with {CatalogPath}.\nA start can read it: it stays as it is.\n", ""), await RepairAsync("--yes"));
        await using var catalog = Open();
        Assert.Equal("retention.ms", Assert.Single((await catalog.LoadAsync()).Configs).Name);
        Assert.DoesNotContain(Content(), static file => file.Key.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_no_sum_speaks_for_and_SQLite_cannot_read_is_kept_aside()
    {
        await MakeAsync();
        File.Delete(CatalogPath + "-sums");
        await File.WriteAllTextAsync(CatalogPath, "This is no database.", TestContext.Current.CancellationToken);
        var answer = await RepairAsync("--yes");
        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        Assert.EndsWith($"The old files are {CatalogPath}.damaged*. The next start takes the topics from their folders; consumers begin where auto.offset.reset says.\n", answer.Output, StringComparison.Ordinal);
        await using var catalog = Open();
        Assert.Empty((await catalog.LoadAsync()).Configs);
    }

    [Fact]
    public async Task Trust_takes_it_as_it_is()
    {
        await MakeAsync();
        Damage(CatalogPath + "-sums");
        File.Delete(CatalogPath + "-wal");
        var answer = await RepairAsync("--trust");
        Assert.EndsWith("It would be taken as SQLite reads it. Nothing was changed: add --yes to do it.\n", answer.Output, StringComparison.Ordinal);
        answer = await RepairAsync("--trust", "--yes");
        Assert.EndsWith("Taken as it is: 0 topics, 0 groups, 0 committed offsets.\n", answer.Output, StringComparison.Ordinal);
        await using var catalog = Open();
        Assert.Single((await catalog.LoadAsync()).Configs);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_repair_one_sentence_says_so()
    {
        var nowhere = _folder.PathOf("nowhere");
        Assert.Equal((2, $"There is no folder {nowhere}: name the data folder with --data-dir."), Refusal(await Cli.RunOnDiskAsync("catalog", "repair", "--data-dir", nowhere)));
        Assert.Equal((2, $"There is no catalog in {_folder.FullName}: name the data folder with --data-dir."), Refusal(await RepairAsync()));
        Assert.Equal((2, $"There is no catalog in {_folder.FullName}: name the data folder with --data-dir."), Refusal(await RepairAsync("--yes")));
        Assert.False(File.Exists(CatalogPath));
    }

    [Fact]
    public async Task Beside_a_running_server_it_is_refused_and_behind_it_the_topics_come_from_their_folders()
    {
        await using var server = await ServerProcess.StartAsync();
        var cli = new Session(server);
        await cli.OutputAsync("topic create orders -p 3");
        Assert.Equal((0, "orders-0: 1 record at offset 0\n"), await cli.OutputAsync("produce orders one -p 0"));
        string[] repair = ["catalog", "repair", "--yes", "--data-dir", server.DataFolder];
        Assert.Equal((2, $"A server is using {server.DataFolder}: stop it first."), Refusal(await Cli.RunOnDiskAsync(repair)));
        await server.StopAsync();
        Damage($"{server.DataFolder}/{Name}");
        Assert.Equal(0, (await Cli.RunOnDiskAsync(repair)).ExitCode);
        await server.StartAgainAsync();
        Assert.Equal((0, "one\n"), await cli.OutputAsync("consume orders -o value"));
    }

    private static (int ExitCode, string Sentence) Refusal(Cli.Answer answer)
    {
        Assert.Equal("", answer.Output);
        return (answer.ExitCode, answer.Error.TrimEnd('\n'));
    }

    private static void Damage(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }

    private Task<Cli.Answer> RepairAsync(params string[] options) => Cli.RunOnDiskAsync(["catalog", "repair", "--data-dir", _folder.FullName, .. options]);

    private async Task MakeAsync()
    {
        await using var catalog = Open();
        await catalog.LoadAsync();
        await catalog.WriteAsync(new ConfigSet(new ConfigResource(2, "orders"), "retention.ms", "1000"));
    }

    private ICatalog Open() => Catalogs.Embedded(CatalogPath, new Random(1), TaskScheduler.Default);

    // But for the lock, which only says that somebody looked.
    private SortedDictionary<string, string> Content() => new(
        Directory.GetFiles(_folder.FullName).Where(static path => !path.EndsWith(".lock", StringComparison.Ordinal))
            .ToDictionary(static path => Path.GetFileName(path), static path => Convert.ToHexString(File.ReadAllBytes(path))),
        StringComparer.Ordinal);
}
