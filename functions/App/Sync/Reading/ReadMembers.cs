using LdapSync.Core.Entries;
using LdapSync.Core.Filters;
using LdapSync.Core.Formats;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: the members of some linked groups, on one connection.</summary>
public sealed class ReadMembers(MemberReading reading, ILogger<ReadMembers> logger)
{
    [Function(nameof(ReadMembers))]
    public Task<MembersRead> Run([ActivityTrigger] RunPart part, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, part.RunId, nameof(ReadMembers), () => reading.ReadAsync(part, cancellationToken));
}

public sealed class MemberReading(DirectorySessions sessions, RunFiles files, MemberStore stored, RunProgress progress)
{
    public async Task<MembersRead> ReadAsync(RunPart part, CancellationToken cancellationToken)
    {
        var run = await files.LoadContextAsync(part.RunId, cancellationToken);
        var links = await files.LoadLinksAsync(part.RunId, cancellationToken);
        var writer = files.CreateWriter(RunFiles.ReadFolder(part.RunId), $"members-{part.First}");
        var reporter = progress.Start(part.RunId, $"members-{part.First}", Phases.Reading);
        var record = new RecordWriter();
        var (complete, memberships) = (new List<bool>(), 0L);
        await using var session = await sessions.OpenAsync(part.DirectoryId, run.Settings.Connection, cancellationToken);
        for (var role = part.First; role <= Math.Min(part.Last, links.Count - 1); role++)
        {
            if (!links[role].Found)
            {
                // Rule R7: nothing is known about the members of a group that was not found.
                complete.Add(false);
                continue;
            }

            var reader = new GroupMembers(run, links[role]);
            var before = memberships;
            await foreach (var ldapId in reader.ReadAsync(session, cancellationToken))
            {
                AddMembership(writer, record, run.DirectoryId, ldapId, role);
                await writer.FlushIfNeededAsync(cancellationToken);
                await reporter.AdvanceAsync(++memberships, cancellationToken);
            }

            complete.Add(reader.IsComplete
                && (memberships > before || !await stored.AnyFromDirectoryAsync(links[role].RoleId, cancellationToken) || await reader.IsEmptyAsync(session, cancellationToken)));
        }

        await reporter.FinishAsync(memberships, cancellationToken);
        return new MembersRead(await writer.CompleteAsync(cancellationToken), part.First, complete, memberships);
    }

    private static void AddMembership(SegmentWriter writer, RecordWriter record, string directoryId, string ldapId, int role)
    {
        record.Clear();
        StagedRecords.WriteMembership(record, ldapId, role);
        writer.Add(Sections.MembershipsOf(Buckets.OfLdapId(directoryId, ldapId)), record.Written);
    }
}

/// <summary>The ids of one group's members, by the group-users filter.</summary>
internal sealed class GroupMembers(RunContext run, LinkedRole link)
{
    private static readonly string[] Lists = ["member", "uniqueMember", "memberUid"];

    public bool IsComplete { get; private set; }

    public async IAsyncEnumerable<string> ReadAsync(
        IDirectorySession session, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var attribute = run.Settings.Users.UserId;
        var group = new MappedGroup(link.GroupId, link.GroupName, link.GroupDistinguishedName);
        var filter = GroupUsersFilter.Expand(run.Settings.Filters.GroupUsers, group, LdapId.ToOctets(run.Settings.Groups.GroupId, link.GroupId));
        var search = session.Search(new SearchRequest(run.Settings.Users.SearchBase, SearchScope.Subtree, filter, [attribute]));
        var readable = true;
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            if (LdapId.TryRead(entry, attribute, out var ldapId))
            {
                yield return ldapId;
            }
            else
            {
                readable = false;
            }
        }

        IsComplete = readable && search.Proof.IsComplete;
    }

    /// <summary>Rule G1: a group that had members and has none now is believed when its own entry is there and lists nobody of the users' part of the directory.</summary>
    public async Task<bool> IsEmptyAsync(IDirectorySession session, CancellationToken cancellationToken)
    {
        var search = session.Search(new SearchRequest(link.GroupDistinguishedName, SearchScope.Base, "(objectClass=*)", Lists));
        var found = false;
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            found = true;
            if (entry.Find("memberUid") is { Values.Count: > 0 } || Names(entry, "member").Concat(Names(entry, "uniqueMember")).Any(IsUser))
            {
                return false;
            }
        }

        return found && search.Proof.IsComplete;
    }

    private static IEnumerable<string> Names(DirectoryEntry entry, string list) =>
        entry.Find(list) is { } attribute ? Enumerable.Range(0, attribute.Values.Count).Select(attribute.Text) : [];

    private bool IsUser(string member) =>
        !DistinguishedName.TryParse(member, out var name, out _)
        || !DistinguishedName.TryParse(run.Settings.Users.SearchBase, out var users, out _)
        || name.IsWithin(users);
}
