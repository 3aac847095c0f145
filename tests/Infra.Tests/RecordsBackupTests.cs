using Azure.Data.Tables;
using LdapSync.RecordsBackup;
using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

public sealed class RecordsBackupTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = Repository.NewFolder("backup");
    private Azurite azurite = null!;
    private TableServiceClient service = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync();
        service = new TableServiceClient(azurite.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        folder.Dispose();
        await azurite.DisposeAsync();
    }

    [Fact]
    public async Task Records_ExportedAndImported_AreTheSameWithTheirTypes()
    {
        var users = await TableAsync("LdapSyncUsers");
        var everything = new TableEntity("p", "r")
        {
            ["Text"] = "Müller \"quoted\"\nsecond line 😀",
            ["Empty"] = "",
            ["Flag"] = true,
            ["Int"] = -7,
            ["Long"] = long.MaxValue,
            ["Double"] = 0.1,
            ["Whole"] = 5.0,
            ["Time"] = new DateTimeOffset(2026, 11, 24, 1, 2, 3, 456, TimeSpan.Zero),
            ["Id"] = Guid.Parse("7c1b6c52-6c86-4d5c-9d6e-1f0a5f3b2a01"),
            ["Bytes"] = new byte[] { 0, 255, 1 },
        };
        await users.AddEntityAsync(everything, Cancellation);
        foreach (var batch in Enumerable.Range(0, 250).Chunk(100))
        {
            await users.SubmitTransactionAsync(
                batch.Select(i => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("many", $"{i:000}") { ["N"] = i })), Cancellation);
        }

        await (await TableAsync("LdapSyncRoles")).AddEntityAsync(new TableEntity("a", "b"), Cancellation);
        await (await TableAsync("OtherUsers")).AddEntityAsync(new TableEntity("not", "ours"), Cancellation);

        var exported = await new RecordsCopy(service, "LdapSync").ExportAsync(folder.Path, Cancellation);
        var imported = await new RecordsCopy(service, "Restored").ImportAsync(folder.Path, Cancellation);

        Assert.Equal(new Dictionary<string, long> { ["Roles"] = 1, ["Users"] = 251 }, exported);
        Assert.Equal(exported, imported);
        Assert.Equal(await ReadAsync("LdapSyncUsers"), await ReadAsync("RestoredUsers"));
        var back = (await service.GetTableClient("RestoredUsers").GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancellation)).Value;
        Assert.All(everything, item => Assert.Equal(item.Value.GetType(), back[item.Key].GetType()));
    }

    [Fact]
    public async Task Import_TableWithEntities_IsRefusedAndWritesNothing()
    {
        await (await TableAsync("LdapSyncAccounts")).AddEntityAsync(new TableEntity("a", "b"), Cancellation);
        await (await TableAsync("LdapSyncUsers")).AddEntityAsync(new TableEntity("a", "b"), Cancellation);
        await new RecordsCopy(service, "LdapSync").ExportAsync(folder.Path, Cancellation);
        await (await TableAsync("RestoredUsers")).AddEntityAsync(new TableEntity("already", "there"), Cancellation);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => new RecordsCopy(service, "Restored").ImportAsync(folder.Path, Cancellation));

        Assert.Contains("RestoredUsers is not empty", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await ReadAsync("RestoredAccounts"));
    }

    [Fact]
    public async Task Export_FolderWithFiles_IsRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "Users.jsonl.gz"), "", Cancellation);

        await Assert.ThrowsAsync<InvalidOperationException>(() => new RecordsCopy(service, "LdapSync").ExportAsync(folder.Path, Cancellation));
    }

    private async Task<TableClient> TableAsync(string name)
    {
        await service.CreateTableIfNotExistsAsync(name, Cancellation);
        return service.GetTableClient(name);
    }

    private async Task<List<string>> ReadAsync(string table)
    {
        var lines = new List<string>();
        await foreach (var entity in service.GetTableClient(table).QueryAsync<TableEntity>(cancellationToken: Cancellation))
        {
            lines.Add(EntityLine.Write(entity));
        }

        return lines;
    }
}
