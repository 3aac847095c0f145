using LdapSync.Core.Entries;
using LdapSync.Core.Formats;
using LdapSync.Core.Groups;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>Where one reading activity puts the users that it reads.</summary>
internal sealed class UserStage(RunContext run, SegmentWriter users, SegmentWriter notes, PartReporter reporter, DateTimeOffset now)
{
    private readonly UserMapper mapper = new(run.Settings);
    private readonly MemberMapper? members = run.Settings.Groups.Membership == MembershipSource.Filter ? null : new(run.Settings);
    private readonly RecordWriter record = new();
    private readonly Dictionary<string, long> problemsByField = new(StringComparer.Ordinal);
    private DateTimeOffset? watermark;
    private long seen;

    public RunContext Run => run;

    public long Mapped { get; private set; }

    public long Problems { get; private set; }

    /// <summary>False once an entry came by whose id could not be read: it may be anybody.</summary>
    public bool EveryIdReadable { get; private set; } = true;

    /// <param name="search">Prepares the search.</param>
    /// <param name="filter">Of the search.</param>
    /// <param name="names">Whether to stage by what lists of members mean these users, too.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <param name="each">Gets every entry whose id can be read.</param>
    public async Task<CompletenessProof> ReadUsersAsync(
        Func<SearchRequest, IDirectorySearch> search, string filter, bool names, CancellationToken cancellationToken, Action<DirectoryEntry, string>? each = null)
    {
        var found = search(new SearchRequest(run.Settings.Users.SearchBase, SearchScope.Subtree, filter, With(mapper.Attributes)));
        await foreach (var entry in found.WithCancellation(cancellationToken))
        {
            Add(entry, names);
            if (each is not null && LdapId.TryRead(entry, run.Settings.Users.UserId, out var id))
            {
                each(entry, id);
            }

            await users.FlushIfNeededAsync(cancellationToken);
            await reporter.AdvanceAsync(++seen, cancellationToken);
        }

        return found.Proof;
    }

    /// <summary>Mode <em>changed</em>: everybody's id.</summary>
    /// <param name="session">To search with.</param>
    /// <param name="since">Who was modified at that time or later has changed.</param>
    /// <param name="most">How many of those are told.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>Changed: ids; null where there are more, or where an id could not be read.</returns>
    public async Task<(CompletenessProof Proof, long Present, IReadOnlyList<string>? Changed)> ReadPresenceAsync(
        IDirectorySession session, DateTimeOffset since, int most, CancellationToken cancellationToken)
    {
        var (present, changed) = (0L, new List<string>());
        var search = session.Search(new SearchRequest(
            run.Settings.Users.SearchBase, SearchScope.Subtree, run.Settings.Filters.Users, With(mapper.PresenceAttributes)));
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            present++;
            if (mapper.TryReadPresence(entry, now, out var ldapId, out var enabled))
            {
                record.Clear();
                StagedRecords.WritePresence(record, ldapId, enabled);
                users.Add(Sections.PresenceOf(Buckets.OfLdapId(run.DirectoryId, ldapId)), record.Written);
                AddNames(entry, ldapId);
                if (changed.Count <= most && mapper.MayHaveChanged(entry, since))
                {
                    changed.Add(ldapId);
                }

                await users.FlushIfNeededAsync(cancellationToken);
            }
            else
            {
                EveryIdReadable = false;
            }

            await reporter.AdvanceAsync(++seen, cancellationToken);
        }

        return (search.Proof, present, EveryIdReadable && changed.Count <= most ? changed : null);
    }

    /// <summary>Mode <em>delta</em>: this id is looked at.</summary>
    public void AddTouched(string ldapId) =>
        users.Add(Sections.TouchedOf(Buckets.OfLdapId(run.DirectoryId, ldapId)), System.Text.Encoding.UTF8.GetBytes(ldapId));

    /// <summary>Mode <em>delta</em>: somebody is in the group of a role.</summary>
    public void AddMembership(string ldapId, int role)
    {
        record.Clear();
        StagedRecords.WriteMembership(record, ldapId, role);
        users.Add(Sections.MembershipsOf(Buckets.OfLdapId(run.DirectoryId, ldapId)), record.Written);
    }

    public async Task<UsersRead> CompleteAsync(CompletenessProof proof, long present, CancellationToken cancellationToken)
    {
        RefuseWrongMapping();
        await reporter.FinishAsync(seen, cancellationToken);
        return new UsersRead(
            await users.CompleteAsync(cancellationToken),
            await notes.CompleteAsync(cancellationToken),
            EveryIdReadable ? proof : proof with { RangesFinished = false, Message = "the id of some entries could not be read" },
            Mapped, present, Problems, watermark);
    }

    private void Add(DirectoryEntry entry, bool names)
    {
        record.Clear();
        if (mapper.TryMap(entry, now, out var user, out var problem))
        {
            Mapped++;

            // One date in the future would hide all changes until then.
            watermark = user.Modified <= now && !(watermark > user.Modified) ? user.Modified : watermark;
            StagedRecords.WriteUser(record, user);
            users.Add(Sections.UsersOf(Buckets.OfLdapId(run.DirectoryId, user.LdapId)), record.Written);
            AddNames(entry, names ? user.LdapId : null);
            return;
        }

        Problems++;
        problemsByField[problem.Field] = problemsByField.GetValueOrDefault(problem.Field) + 1;
        notes.Add(Sections.Notes, Notes.Of(problem), PlanFormat.Default.RunNote);
        if (mapper.TryReadPresence(entry, now, out var ldapId, out var enabled))
        {
            StagedRecords.WritePresence(record, ldapId, enabled);
            users.Add(Sections.UnmappedOf(Buckets.OfLdapId(run.DirectoryId, ldapId)), record.Written);
            AddNames(entry, names ? ldapId : null);
        }
        else
        {
            EveryIdReadable = false;
        }
    }

    /// <summary>By what lists of members mean this user.</summary>
    private void AddNames(DirectoryEntry entry, string? ldapId)
    {
        foreach (var key in ldapId is null || members is null ? [] : members.UserKeys(entry))
        {
            record.Clear();
            StagedRecords.WriteName(record, key, ldapId!, members!.PrimaryGroupOf(entry));
            users.Add(Sections.NamesOf(MemberKey.BucketOf(key)), record.Written);
        }
    }

    private IReadOnlyList<string> With(IReadOnlyList<string> attributes) =>
        members is null ? attributes : [.. attributes.Concat(members.UserAttributes).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Rule U8: when no entry has a required attribute, the mapping is wrong and the run fails.</summary>
    private void RefuseWrongMapping()
    {
        // Of a few entries that have changed, all may lack something; of everybody, the settings are wrong.
        if (run.Mode == RunMode.Full && Mapped == 0 && MappingCheck.Failure(Problems, problemsByField) is { } failure)
        {
            throw new SyncRefusedException(failure);
        }
    }
}
