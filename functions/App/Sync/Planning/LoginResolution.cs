using System.Text;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>Holds the claims of a run against the index of logins, one bucket of logins after the other.</summary>
public sealed class LoginResolution(RunFiles files, StagingArea staging, LoginStore logins)
{
    private const int ClaimsAtATime = 20_000;
    private const int ParallelBuckets = 16;

    public async Task<LoginsResolved> ResolveAsync(ResolveLoginsInput input, CancellationToken cancellationToken)
    {
        var output = new Assignments(files.CreateWriter(RunFiles.PlanFolder(input.RunId), "logins"));
        var renames = await ReadAsync(input.Plans, section => section == Sections.Renames, cancellationToken);
        var removed = await ReleaseAsync(input.Plans, output, cancellationToken);
        var settled = await ResolveRenamesAsync(renames, removed, input.Users, output, cancellationToken);
        var size = await BucketsAtATimeAsync(input.Plans, cancellationToken);
        for (var first = 0; first < Buckets.Count; first += size)
        {
            var claims = await ReadAsync(input.Plans, Sections.InRange(Sections.ClaimsOf, first, first + size - 1), cancellationToken);
            foreach (var some in claims.GroupBy(claim => Buckets.OfLogin(claim.Login)).Chunk(ParallelBuckets))
            {
                var found = await Task.WhenAll(some.Select(bucket => logins.FindManyAsync(bucket.Key, Names(bucket), input.Users / Buckets.Count, cancellationToken)));
                foreach (var (bucket, holders) in some.Zip(found))
                {
                    var refused = LoginResolver.RefusedImports(bucket, holders, settled).ToDictionary(claim => claim.UserId, StringComparer.Ordinal);
                    output.Add(bucket, refused, holders);
                }
            }

            await output.FlushIfNeededAsync(cancellationToken);
        }

        return await output.CompleteAsync(cancellationToken);
    }

    /// <summary>The logins of users who go.</summary>
    /// <returns>By login, whose it was.</returns>
    private async Task<Dictionary<string, string>> ReleaseAsync(IReadOnlyList<SegmentSet> plans, Assignments output, CancellationToken cancellationToken)
    {
        var removed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var plan in plans)
        {
            await foreach (var release in staging.ReadAsync(
                plan, Sections.InRange(Sections.ReleaseOf, 0, Buckets.Count - 1), PlanFormat.Default.LoginAssignment, cancellationToken))
            {
                output.Release(release);
                removed[release.Login] = release.UserId;
                await output.FlushIfNeededAsync(cancellationToken);
            }
        }

        return removed;
    }

    /// <summary>Each pass over the buckets reads a part of every plan: as few passes as there is room for.</summary>
    private async Task<int> BucketsAtATimeAsync(IReadOnlyList<SegmentSet> plans, CancellationToken cancellationToken)
    {
        var claims = 0L;
        foreach (var plan in plans)
        {
            claims += (await staging.SectionsAsync(plan, cancellationToken)).Where(section => Sections.IsClaims(section.Key)).Sum(section => section.Value);
        }

        return (int)(Buckets.Count / Math.Clamp((claims / ClaimsAtATime) + 1, 1, Buckets.Count));
    }

    private async Task<SettledRenames> ResolveRenamesAsync(List<LoginClaim> renames, Dictionary<string, string> removed, long users, Assignments output, CancellationToken cancellationToken)
    {
        var holders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var bucket in renames.GroupBy(claim => Buckets.OfLogin(claim.Login)))
        {
            foreach (var (login, userId) in await logins.FindManyAsync(bucket.Key, Names(bucket), users / Buckets.Count, cancellationToken))
            {
                holders[login] = userId;
            }
        }

        var refused = LoginResolver.RefusedRenames(renames, holders, removed);
        output.Add(renames, refused, holders);
        return new SettledRenames([.. renames.Where(claim => !refused.ContainsKey(claim.UserId))], removed);
    }

    private async Task<List<LoginClaim>> ReadAsync(IReadOnlyList<SegmentSet> plans, Predicate<string> section, CancellationToken cancellationToken)
    {
        var claims = new List<LoginClaim>();
        foreach (var plan in plans)
        {
            await foreach (var claim in staging.ReadAsync(plan, section, PlanFormat.Default.LoginClaim, cancellationToken))
            {
                claims.Add(claim);
            }
        }

        return claims;
    }

    private static HashSet<string> Names(IEnumerable<LoginClaim> claims) =>
        claims.Select(claim => Buckets.NormalizeLogin(claim.Login)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Collects what is refused and what is to be written to the index.</summary>
    private sealed class Assignments(SegmentWriter writer)
    {
        private long refusals;
        private long writes;

        public void Add(IEnumerable<LoginClaim> claims, IReadOnlyDictionary<string, RefusedClaim> refused, IReadOnlyDictionary<string, string> holders)
        {
            foreach (var claim in claims)
            {
                if (refused.TryGetValue(claim.UserId, out var refusal))
                {
                    refusals++;
                    writer.Add(Sections.Refused, Encoding.UTF8.GetBytes(claim.UserId));
                    writer.Add(Sections.Notes, refusal.Note, PlanFormat.Default.RunNote);
                    writer.Add(Sections.Collisions, refusal.Collision!, PlanFormat.Default.Collision);
                }
                else
                {
                    Assign(claim, holders);
                }
            }
        }

        public ValueTask FlushIfNeededAsync(CancellationToken cancellationToken) => writer.FlushIfNeededAsync(cancellationToken);

        public async Task<LoginsResolved> CompleteAsync(CancellationToken cancellationToken) =>
            new(await writer.CompleteAsync(cancellationToken), refusals, writes);

        /// <summary>The login of a user who goes.</summary>
        public void Release(LoginAssignment release)
        {
            writes++;
            writer.Add(Sections.ReleaseOf(Buckets.OfLogin(release.Login)), release, PlanFormat.Default.LoginAssignment);
        }

        private void Assign(LoginClaim claim, IReadOnlyDictionary<string, string> holders)
        {
            var login = Buckets.NormalizeLogin(claim.Login);
            var holder = holders.GetValueOrDefault(login);
            if (holder != claim.UserId)
            {
                writes++;
                writer.Add(
                    Sections.AssignOf(Buckets.OfLogin(login)), new LoginAssignment(login, claim.UserId, holder, Release: false), PlanFormat.Default.LoginAssignment);
            }

            if (claim.Releases is not null)
            {
                writes++;
                var released = Buckets.NormalizeLogin(claim.Releases);
                writer.Add(
                    Sections.ReleaseOf(Buckets.OfLogin(released)), new LoginAssignment(released, claim.UserId, null, Release: true), PlanFormat.Default.LoginAssignment);
            }
        }
    }
}
