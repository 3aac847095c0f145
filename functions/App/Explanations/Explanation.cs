using LdapSync.App.Api;
using LdapSync.App.Directories;
using LdapSync.App.Sync;
using LdapSync.App.Users;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Explanations;

/// <summary>
/// Says about one login what the directory says now, what is stored, what a run would do and why, and what the last runs did. It reads, and writes nothing.
/// An entry outside the users filter is named, and not read any further.
/// </summary>
public sealed class Explanation(
    DirectoryLookup lookup,
    DirectorySessions sessions,
    RunContexts contexts,
    LoginStore logins,
    UserStore users,
    RoleStore roles,
    MemberStore members,
    UserEditor editor,
    UserViews views,
    PersonHistory history,
    TimeProvider time)
{
    public async Task<ExplanationView> ExplainAsync(string directoryId, string? login, CancellationToken cancellationToken)
    {
        ApiText.Require("login", login);
        login = login!.Trim();
        var directory = await lookup.GetAsync(directoryId, cancellationToken);
        var holder = await logins.FindUserIdAsync(login, cancellationToken) is { } userId ? await users.GetAsync(userId, cancellationToken) : null;
        var everyRole = await roles.ListAsync(cancellationToken);
        var (links, people) = await ReadAsync(directory, login, holder, [.. everyRole.Where(role => role.IsLinked && role.DirectoryId == directoryId)], cancellationToken);
        var context = await contexts.CreateAsync(
            directoryId, directory.Settings, links, usersComplete: true, [.. links.Select(link => link.Found)], cancellationToken);
        var records = await RecordsAsync(directory, people, cancellationToken);
        var memberships = new Dictionary<string, List<MemberRecord>>(StringComparer.Ordinal);
        foreach (var record in records.Values.Append(holder).OfType<UserRecord>().DistinctBy(record => record.Id))
        {
            memberships[record.Id] = await MembershipsAsync(everyRole, record.Id, cancellationToken);
        }

        var plan = await PersonPlan.MakeAsync(context, Input(context, people, records, holder, memberships), users, logins, cancellationToken);
        var explained = new List<PersonView>();
        foreach (var person in people)
        {
            var record = person.LdapId is null ? null : records.GetValueOrDefault(person.LdapId);
            explained.Add(await PersonAsync(context, plan, person, record, everyRole, memberships, cancellationToken));
        }

        if (holder is not null && !records.Values.Any(record => record.Id == holder.Id))
        {
            explained.Add(await PersonAsync(context, plan, null, holder, everyRole, memberships, cancellationToken));
        }

        var ids = memberships.Keys.Concat(people.Where(person => person.LdapId is not null).Select(person => Buckets.UserIdFor(directoryId, person.LdapId!)))
            .ToHashSet(StringComparer.Ordinal);
        var buckets = people.Select(person => person.LdapId).Append(holder?.LdapId).OfType<string>().Select(ldapId => Buckets.OfLdapId(directoryId, ldapId))
            .Concat(ids.Select(Buckets.OfUserId)).ToHashSet();
        return new ExplanationView(directoryId, login, time.GetUtcNow(), explained, await history.ReadAsync(directoryId, ids, buckets, cancellationToken));
    }

    private async Task<(IReadOnlyList<LinkedRole> Links, IReadOnlyList<FoundPerson> People)> ReadAsync(
        DirectoryRecord directory, string login, UserRecord? holder, IReadOnlyList<RoleRecord> linked, CancellationToken cancellationToken)
    {
        await using var session = await sessions.OpenAsync(directory.Id, directory.Settings.Connection, cancellationToken);
        var reading = new PersonReading(session, directory);
        var links = await reading.LinksAsync(linked, time.GetUtcNow(), cancellationToken);
        IEnumerable<string> ids = holder?.DirectoryId == directory.Id && holder.LdapId is not null ? [holder.LdapId] : [];
        try
        {
            return (links, await reading.PeopleAsync(login, ids, links, cancellationToken));
        }
        catch (SyncRefusedException refused)
        {
            throw new ApiException(502, "The directory cannot be read", refused.Message);
        }
    }

    /// <summary>The records that are linked to the people, by LDAP id.</summary>
    private async Task<Dictionary<string, UserRecord>> RecordsAsync(DirectoryRecord directory, IReadOnlyList<FoundPerson> people, CancellationToken cancellationToken)
    {
        var records = new Dictionary<string, UserRecord>(StringComparer.Ordinal);
        foreach (var ldapId in people.Select(person => person.LdapId).OfType<string>())
        {
            if (await editor.FindLinkedAsync(directory.Id, ldapId, cancellationToken) is { } record)
            {
                records[ldapId] = record;
            }
        }

        return records;
    }

    private async Task<List<MemberRecord>> MembershipsAsync(IReadOnlyList<RoleRecord> everyRole, string userId, CancellationToken cancellationToken)
    {
        var found = new List<MemberRecord>();
        foreach (var chunk in everyRole.Chunk(16))
        {
            found.AddRange((await Task.WhenAll(chunk.Select(role => members.GetAsync(role.Id, userId, cancellationToken)))).OfType<MemberRecord>());
        }

        return found;
    }

    private BucketInput Input(
        PlanContext context, IReadOnlyList<FoundPerson> people, Dictionary<string, UserRecord> records, UserRecord? holder, Dictionary<string, List<MemberRecord>> memberships)
    {
        var linked = records.Values.Concat(holder is { LdapId: not null } && holder.DirectoryId == context.DirectoryId ? [holder] : []).DistinctBy(record => record.Id);
        var input = new BucketInput { State = [.. linked.Select(record => LinkedState.Of(context, record, memberships[record.Id]))], StateRebuilt = true };
        var mapper = new UserMapper(context.Settings);
        foreach (var person in people.Where(person => person.LdapId is not null))
        {
            input.Memberships[person.LdapId!] = [.. person.Roles];
            if (person.Entry is null)
            {
                continue;
            }

            if (mapper.TryMap(person.Entry, time.GetUtcNow(), out var user, out _))
            {
                input.Users[user.LdapId] = user;
            }
            else
            {
                mapper.TryReadPresence(person.Entry, time.GetUtcNow(), out _, out var enabled);
                input.Unmapped[person.LdapId!] = enabled;
            }
        }

        return input;
    }

    private async Task<PersonView> PersonAsync(
        PlanContext context, PersonPlan plan, FoundPerson? person, UserRecord? record, IReadOnlyList<RoleRecord> everyRole,
        Dictionary<string, List<MemberRecord>> memberships, CancellationToken cancellationToken)
    {
        var seen = person is null ? null : Directory(context, person, record);
        var ldapId = person?.LdapId;
        var collision = ldapId is null ? null : plan.Collisions.GetValueOrDefault(ldapId);
        var changes = plan.ChangesOf(record?.Id ?? (ldapId is null ? "" : Buckets.UserIdFor(context.DirectoryId, ldapId)));
        var facts = new PersonFacts(
            record, person is not null, seen?.InUsersFilter ?? false, seen?.Active, seen?.Problem, person?.Roles.Count > 0, collision,
            ldapId is null ? null : context.Answers.GetValueOrDefault(ldapId), changes);
        var stored = record is null ? null : new StoredPersonView(
            (await views.OfAsync([record], cancellationToken))[0],
            [.. memberships[record.Id].Select(member => new StoredRoleView(member.RoleId, everyRole.First(role => role.Id == member.RoleId).Name, member.FromDirectory))]);
        return new PersonView(
            seen, stored, changes, RuleReasons.Of(context.Settings.Options, facts, context.DirectoryId), plan.NotesOf(seen?.Attributes),
            collision is null ? null : Buckets.UserIdFor(context.DirectoryId, collision.LdapId));
    }

    private DirectoryPersonView Directory(PlanContext context, FoundPerson person, UserRecord? record)
    {
        var groups = context.Roles.Select((role, index) => new LinkedGroupView(role.RoleId, role.GroupName, role.Found ? person.Roles.Contains(index) : null)).ToList();
        if (person.Entry is null)
        {
            return new DirectoryPersonView(person.LdapId, person.DistinguishedName, false, null, [], groups, null, null, record?.Id);
        }

        var now = time.GetUtcNow();
        var isMapped = new UserMapper(context.Settings).TryMap(person.Entry, now, out var user, out var problem);
        var status = new AccountStatus(context.Settings.Users);
        bool? active = status.TryRead(person.Entry, now, out var enabled, out _) ? enabled : null;
        return new DirectoryPersonView(
            person.LdapId, person.DistinguishedName, true, active, status.Findings(person.Entry, now), groups, isMapped ? user : null, problem, record?.Id);
    }
}
