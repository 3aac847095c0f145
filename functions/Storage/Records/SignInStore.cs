using System.Globalization;
using System.Security.Cryptography;
using Azure.Data.Tables;
using LdapSync.Core.SignIns;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>A page of attempts, the latest first.</summary>
public sealed record SignInRecordPage(IReadOnlyList<SignInRecord> Items, string? ContinuationToken);

/// <summary>The record of every attempt to sign in: partition = directory, row = inverted time, so that the latest come first.</summary>
public sealed class SignInStore
{
    private readonly RecordTable table;

    internal SignInStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.SignIns);

    public Task InsertAsync(SignInRecord record, CancellationToken cancellationToken = default) => table.InsertAsync(From(record), cancellationToken);

    public async Task<SignInRecordPage> PageAsync(
        string directoryId, string? login, SignInOutcome? outcome, int pageSize, string? token, CancellationToken cancellationToken = default)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {directoryId}");
        if (login is not null)
        {
            filter += " and " + TableClient.CreateQueryFilter($"LoginKey eq {UserEntity.SearchKey(login)}");
        }

        if (outcome is { } wanted)
        {
            filter += " and " + TableClient.CreateQueryFilter($"Outcome eq {wanted.ToString()}");
        }

        var (rows, next) = await table.PageAsync(filter, pageSize, token, requests: 10, cancellationToken);
        return new SignInRecordPage(rows.ConvertAll(To), next);
    }

    /// <summary>Removes the attempts before a time.</summary>
    public async Task DeleteOlderAsync(string directoryId, DateTimeOffset time, CancellationToken cancellationToken = default)
    {
        var first = Inverted(time);
        var old = new List<RowWrite>();
        await foreach (var row in table.QueryAsync($"PartitionKey eq {directoryId} and RowKey gt {first}", select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            old.Add(new RowWrite(new TableEntity(directoryId, row.RowKey), WriteKind.Delete));
            if (old.Count == 1000)
            {
                await table.WriteAsync(old, cancellationToken);
                old.Clear();
            }
        }

        await table.WriteAsync(old, cancellationToken);
    }

    /// <summary>An id for an attempt at this time.</summary>
    public static string NewId(DateTimeOffset at) => $"{Inverted(at)}{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    private static string Inverted(DateTimeOffset time) => (DateTime.MaxValue.Ticks - time.UtcTicks).ToString("x16", CultureInfo.InvariantCulture);

    private static TableEntity From(SignInRecord record)
    {
        var entity = new TableEntity(record.DirectoryId, record.Id)
        {
            ["At"] = record.At.ToUniversalTime(),
            ["Login"] = record.Login,
            ["LoginKey"] = UserEntity.SearchKey(record.Login),
            ["Address"] = record.Address,
            ["Outcome"] = record.Outcome.ToString(),
        };
        entity.Put("UserId", record.UserId);
        return entity;
    }

    private static SignInRecord To(TableEntity row) => new(
        row.PartitionKey, row.RowKey, row.Time("At") ?? EntityFields.Earliest, row.Text("Login") ?? "", row.Text("UserId"), row.Text("Address") ?? "",
        row.Choice<SignInOutcome>("Outcome"));
}
