using LdapSync.Core.Formats;
using LdapSync.Core.Records;
using LdapSync.Storage.Staging;
using LdapSync.Storage.State;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: lists of members, which are names or logins, become memberships of directory users; a part of the keys at a time.</summary>
public sealed class JoinMembers(MemberJoin join, ILogger<JoinMembers> logger)
{
    [Function(nameof(JoinMembers))]
    public Task<MembersRead> Run([ActivityTrigger] JoinMembersInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.Keys.RunId, nameof(JoinMembers), () => join.JoinAsync(input, cancellationToken));
}

public sealed class MemberJoin(RunFiles files, StagingArea staging, ChangeStateStore changes, RunProgress progress)
{
    public async Task<MembersRead> JoinAsync(JoinMembersInput input, CancellationToken cancellationToken)
    {
        var part = input.Keys;
        var closure = await files.LoadClosureAsync(part.RunId, cancellationToken);
        var rolesOfGroups = closure.RolesOfGroups();
        var bySid = closure.BySid();
        var groupsByKey = await LoadAsync(input, cancellationToken);
        var writer = files.CreateWriter(RunFiles.ReadFolder(part.RunId), $"members-{part.First:x2}");
        var lists = input.Keep ? new KeptLists(changes, part.DirectoryId, part.RunId, $"{part.First:x2}") : null;
        var reporter = progress.Start(part.RunId, $"members-{part.First:x2}", Phases.Reading);
        var (record, memberships) = (new RecordWriter(), 0L);
        foreach (var users in input.Users)
        {
            await foreach (var name in staging.ReadAsync(users, Sections.InRange(Sections.NamesOf, part.First, part.Last), cancellationToken))
            {
                var (key, ldapId, primaryGroup) = StagedRecords.ReadName(name.Span);
                var groups = groupsByKey.GetValueOrDefault(key) ?? [];
                groups.ForEach(member => lists?.Add(member, key, ldapId));
                var primary = primaryGroup is not null && bySid.TryGetValue(primaryGroup, out var group) ? rolesOfGroups[group] : [];
                foreach (var role in groups.SelectMany(member => rolesOfGroups[member]).Concat(primary).Distinct())
                {
                    record.Clear();
                    StagedRecords.WriteMembership(record, ldapId, role);
                    writer.Add(Sections.MembershipsOf(Buckets.OfLdapId(part.DirectoryId, ldapId)), record.Written);
                    memberships++;
                }

                await writer.FlushIfNeededAsync(cancellationToken);
                await (lists?.FlushIfNeededAsync(cancellationToken) ?? ValueTask.CompletedTask);
                await reporter.AdvanceAsync(memberships, cancellationToken);
            }
        }

        // Names that none of the users has may be theirs later, when they come into the users filter.
        lists?.AddUnknown(groupsByKey);
        await reporter.FinishAsync(memberships, cancellationToken);

        // Said once, by the first part. A name that was not found may be that of a user who was not read.
        var complete = part.First > 0 ? [] : closure.CompleteRoles().Select(role => role && input.UsersComplete).ToList();
        return new MembersRead(await writer.CompleteAsync(cancellationToken), 0, complete, memberships, lists is null ? null : await lists.CompleteAsync(cancellationToken));
    }

    private async Task<Dictionary<UInt128, List<int>>> LoadAsync(JoinMembersInput input, CancellationToken cancellationToken)
    {
        var groups = new Dictionary<UInt128, List<int>>();
        await foreach (var record in staging.ReadAsync(
            input.Values, Sections.InRange(Sections.MemberValuesOf, input.Keys.First, input.Keys.Last), cancellationToken))
        {
            var (key, group) = StagedRecords.ReadMember(record.Span);
            if (!groups.TryGetValue(key, out var list))
            {
                groups[key] = list = [];
            }

            list.Add(group);
        }

        return groups;
    }
}
