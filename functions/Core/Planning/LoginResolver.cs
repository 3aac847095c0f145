using LdapSync.Core.Records;

namespace LdapSync.Core.Planning;

/// <summary>What a claim to a login is refused for.</summary>
/// <param name="UserId">Who may not have it.</param>
/// <param name="Note">For the run's list.</param>
/// <param name="Collision">For the queue.</param>
public sealed record RefusedClaim(string UserId, RunNote Note, Collision? Collision = null);

/// <summary>An entry of the index of logins to write.</summary>
/// <param name="Login">Normalized.</param>
/// <param name="UserId">Who gets it, or who gives it up.</param>
/// <param name="ReplacesUserId">Who holds it now and gives it up in the same run; null: nobody.</param>
/// <param name="Release">The entry is removed.</param>
public sealed record LoginAssignment(string Login, string UserId, string? ReplacesUserId, bool Release);

/// <summary>
/// Rule U5: a login belongs to one user. Who has it keeps it; of several who want it, one that is linked already goes before new ones, and
/// where that does not decide, nobody gets it. Renames may form chains and rings (a takes b's login while b takes c's): they are settled together.
/// </summary>
public static class LoginResolver
{
    /// <summary>Settles the claims of renamed users among each other.</summary>
    /// <param name="renames">Claims with <see cref="LoginClaim.Releases"/>.</param>
    /// <param name="holders">Normalized login to the id of the user who has it now, for every claimed login.</param>
    /// <param name="removed">Normalized login to the id of a user who goes with this plan (an undo takes an import back); null: nobody does.</param>
    public static IReadOnlyDictionary<string, RefusedClaim> RefusedRenames(
        IReadOnlyCollection<LoginClaim> renames, IReadOnlyDictionary<string, string> holders, IReadOnlyDictionary<string, string>? removed = null)
    {
        var refused = new Dictionary<string, RefusedClaim>(StringComparer.Ordinal);
        var byLogin = renames.GroupBy(claim => Buckets.NormalizeLogin(claim.Login), StringComparer.Ordinal).ToList();
        var byUser = renames.ToDictionary(claim => claim.UserId, StringComparer.Ordinal);
        var settled = false;
        while (!settled)
        {
            // A refused rename keeps its old login, which may refuse the next one in a chain.
            settled = true;
            foreach (var group in byLogin)
            {
                // A holder that claims its own login was on its way into the records when an earlier run was stopped.
                var holder = holders.GetValueOrDefault(group.Key);
                var waiting = group.Where(claim => claim.UserId != holder && !refused.ContainsKey(claim.UserId)).ToList();
                var taken = holder is not null && (group.Any(claim => claim.UserId == holder) || !Leaves(holder, group.Key));
                if (waiting.Count == 0 || (!taken && waiting.Count == 1))
                {
                    continue;
                }

                settled = false;
                foreach (var claim in waiting)
                {
                    refused[claim.UserId] = Refuse(claim, taken, holder);
                }
            }
        }

        return refused;

        bool Leaves(string holder, string login) => removed?.GetValueOrDefault(login) == holder
            || (byUser.TryGetValue(holder, out var own) && !refused.ContainsKey(holder) && Buckets.NormalizeLogin(own.Releases!) == login);
    }

    /// <summary>Settles the claims of new users to the logins of one bucket.</summary>
    /// <param name="claims">Claims without <see cref="LoginClaim.Releases"/>.</param>
    /// <param name="holders">Normalized login to the id of the user who has it now.</param>
    /// <param name="renames">The claims of renamed users that were not refused: what they take is taken, and what they give up is free.</param>
    public static IEnumerable<RefusedClaim> RefusedImports(
        IEnumerable<LoginClaim> claims, IReadOnlyDictionary<string, string> holders, SettledRenames renames)
    {
        foreach (var group in claims.GroupBy(claim => Buckets.NormalizeLogin(claim.Login), StringComparer.Ordinal))
        {
            // A holder that claims its own login was on its way into the records when an earlier run was stopped.
            var holder = holders.GetValueOrDefault(group.Key);
            var waiting = group.Where(claim => claim.UserId != holder).ToList();
            var taken = renames.Takes(group.Key) || (holder is not null && !renames.Frees(group.Key, holder));
            if (taken || waiting.Count > 1)
            {
                foreach (var claim in waiting)
                {
                    yield return Refuse(claim, taken, holder);
                }
            }
        }
    }

    private static RefusedClaim Refuse(LoginClaim claim, bool taken, string? holder)
    {
        var collision = new Collision(
            claim.LdapId, claim.UserId, claim.Login, claim.DistinguishedName, taken ? CollisionKind.Taken : CollisionKind.Shared, taken ? holder : null,
            IsLinked: claim.Releases is not null);
        return new RefusedClaim(claim.UserId, collision.ToNote(), collision);
    }
}

/// <summary>The renames of a run that get their login.</summary>
public sealed class SettledRenames
{
    private readonly HashSet<string> taken;
    private readonly Dictionary<string, string> freed;

    /// <param name="accepted">Claims with <see cref="LoginClaim.Releases"/>.</param>
    /// <param name="removed">Normalized login to the id of a user who goes with this plan; null: nobody does.</param>
    public SettledRenames(IReadOnlyCollection<LoginClaim> accepted, IReadOnlyDictionary<string, string>? removed = null)
    {
        taken = accepted.Select(claim => Buckets.NormalizeLogin(claim.Login)).ToHashSet(StringComparer.Ordinal);
        freed = new Dictionary<string, string>(removed ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var claim in accepted)
        {
            freed[Buckets.NormalizeLogin(claim.Releases!)] = claim.UserId;
        }
    }

    public bool Takes(string login) => taken.Contains(login);

    public bool Frees(string login, string holder) => freed.GetValueOrDefault(login) == holder;
}
