using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage.Records;

namespace LdapSync.App.Sync;

/// <summary>Gathers what planning needs beside people: accounts, job titles, answers to collisions.</summary>
public sealed class RunContexts(AccountStore accounts, JobTitleStore jobTitles, CollisionStore collisions)
{
    public async Task<PlanContext> CreateAsync(
        string directoryId,
        DirectorySettings settings,
        IReadOnlyList<LinkedRole> links,
        bool usersComplete,
        IReadOnlyList<bool> membersComplete,
        CancellationToken cancellationToken)
    {
        var queue = await collisions.ListAsync(directoryId, cancellationToken);
        return new PlanContext
        {
            DirectoryId = directoryId,
            Settings = settings,
            Roles = links,
            UsersComplete = usersComplete,
            MembersComplete = membersComplete,
            Accounts = settings.Users.Company.Length == 0 ? [] : await ByNameAsync(accounts, cancellationToken),
            JobTitles = settings.Users.JobTitle.Length == 0 ? [] : await ByNameAsync(jobTitles, cancellationToken),
            Answers = queue.Where(record => record.Answer is not null).ToDictionary(record => record.Collision.LdapId, record => record.Answer!, StringComparer.Ordinal),
            Waiting = queue.Select(record => record.Collision.LdapId).ToHashSet(StringComparer.Ordinal),
        };
    }

    private static async Task<Dictionary<string, string>> ByNameAsync(NamedRecordStore store, CancellationToken cancellationToken)
    {
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var record in store.ReadAllAsync(cancellationToken))
        {
            // Of two records with one name the smaller id is taken, so that the choice is the same at every run.
            if (!byName.TryGetValue(record.Name, out var id) || string.CompareOrdinal(record.Id, id) < 0)
            {
                byName[record.Name] = record.Id;
            }
        }

        return byName;
    }
}

/// <summary>The sync state of one user as the records have it.</summary>
internal static class LinkedState
{
    /// <param name="context">Of the run.</param>
    /// <param name="user">Linked to a directory user.</param>
    /// <param name="roles">Indexes into the run's linked roles.</param>
    public static LinkedUser Of(PlanContext context, UserRecord user, IReadOnlyCollection<(int Index, bool FromDirectory)> roles) => new(
        user.LdapId!, user.Id, DirectoryFields.Fingerprint(DirectoryFields.OfRecord(context, user)), user.Active, user.CanSignIn, user.BoundByHand, user.Protected,
        [.. roles.Select(role => role.Index).Order()], [.. roles.Where(role => !role.FromDirectory).Select(role => role.Index).Order()]);

    public static LinkedUser Of(PlanContext context, UserRecord user, IReadOnlyCollection<MemberRecord> memberships) => Of(
        context, user,
        [
            .. from member in memberships
               from index in Enumerable.Range(0, context.Roles.Count)
               where context.Roles[index].RoleId == member.RoleId
               select (index, member.FromDirectory),
        ]);
}
