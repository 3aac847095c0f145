using LdapSync.Core.Records;

namespace LdapSync.App.Users;

public sealed record UserView(
    string Id,
    string Login,
    string FullName,
    bool Active,
    bool CanSignIn,
    string? Email,
    string? Phone,
    string? Account,
    string? JobTitle,
    string? DirectoryId,
    string? LdapId,
    string? DistinguishedName,
    bool BoundByHand,
    bool Protected,
    DateTimeOffset Created)
{
    /// <param name="user">The record.</param>
    /// <param name="account">The name of its account.</param>
    /// <param name="jobTitle">The name of its job title.</param>
    public static UserView Of(UserRecord user, string? account, string? jobTitle) => new(
        user.Id, user.Login, user.FullName, user.Active, user.CanSignIn, user.Email, user.Phone, account, jobTitle,
        user.DirectoryId, user.LdapId, user.DistinguishedName, user.BoundByHand, user.Protected, user.Created);
}

/// <summary>Writes the names of accounts and job titles into views.</summary>
public sealed class UserViews(Storage.Records.AccountStore accounts, Storage.Records.JobTitleStore jobTitles)
{
    public async Task<IReadOnlyList<UserView>> OfAsync(IReadOnlyCollection<UserRecord> users, CancellationToken cancellationToken)
    {
        var accountNames = await NamesAsync(accounts, users.Select(user => user.AccountId), cancellationToken);
        var titleNames = await NamesAsync(jobTitles, users.Select(user => user.JobTitleId), cancellationToken);
        return [.. users.Select(user => UserView.Of(
            user,
            user.AccountId is null ? null : accountNames.GetValueOrDefault(user.AccountId),
            user.JobTitleId is null ? null : titleNames.GetValueOrDefault(user.JobTitleId)))];
    }

    private static async Task<Dictionary<string, string>> NamesAsync(
        Storage.Records.NamedRecordStore store, IEnumerable<string?> ids, CancellationToken cancellationToken)
    {
        var records = await Task.WhenAll(ids.OfType<string>().Distinct(StringComparer.Ordinal).Select(id => store.GetAsync(id, cancellationToken)));
        return records.OfType<NamedRecord>().ToDictionary(record => record.Id, record => record.Name, StringComparer.Ordinal);
    }
}
