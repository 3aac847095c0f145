namespace LdapSync.Core.Licences;

/// <summary>A product of which there is a number of licences.</summary>
/// <param name="Id">A slug: 1 to 40 of <c>a-z 0-9 -</c>, beginning with a letter or digit.</param>
public sealed record LicenceProduct(string Id)
{
    public required string Name { get; init; }

    /// <summary>How many licences there are.</summary>
    public int Total { get; init; }

    /// <summary>How many are granted: never more than <see cref="Total"/>.</summary>
    public int Granted { get; init; }

    public string? ETag { get; init; }

    public int Available => Math.Max(0, Total - Granted);
}

/// <summary>A licence that somebody has.</summary>
/// <param name="UserId">Of the holder.</param>
/// <param name="DirectoryId">The directory whose run granted it; null: granted by hand.</param>
/// <param name="GrantedAt">When.</param>
public sealed record LicenceGrant(string UserId, string? DirectoryId, DateTimeOffset GrantedAt);

/// <summary>Somebody who is to have a licence and has none. Oldest members come first; of the same moment, by id: an order that no run changes.</summary>
/// <param name="UserId">Of the user.</param>
/// <param name="MemberSince">When the user's record was created.</param>
public readonly record struct LicenceWaiter(string UserId, DateTimeOffset MemberSince) : IComparable<LicenceWaiter>
{
    public int CompareTo(LicenceWaiter other)
    {
        var byAge = MemberSince.CompareTo(other.MemberSince);
        return byAge != 0 ? byAge : string.CompareOrdinal(UserId, other.UserId);
    }

    public static bool operator <(LicenceWaiter left, LicenceWaiter right) => left.CompareTo(right) < 0;

    public static bool operator >(LicenceWaiter left, LicenceWaiter right) => left.CompareTo(right) > 0;

    public static bool operator <=(LicenceWaiter left, LicenceWaiter right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LicenceWaiter left, LicenceWaiter right) => left.CompareTo(right) >= 0;
}

/// <summary>A synchronized user about whom a run has to decide: new, changed, or looked at again.</summary>
/// <param name="UserId">Of the user.</param>
/// <param name="MemberSince">When the user's record was created.</param>
/// <param name="Active">Once the run's plan has been applied.</param>
public readonly record struct LicenceCandidate(string UserId, DateTimeOffset MemberSince, bool Active);
