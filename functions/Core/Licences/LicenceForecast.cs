namespace LdapSync.Core.Licences;

/// <summary>What a run's plan means for one product: the preview shows it before, the run's record afterwards.</summary>
/// <param name="ProductId">Of the product.</param>
/// <param name="Name">Of the product.</param>
/// <param name="Total">How many licences there are.</param>
/// <param name="GrantedBefore">How many were granted when the plan was made, by whomever.</param>
/// <param name="Grants">How many the run grants (L1).</param>
/// <param name="Reclaims">How many the run takes back (L3).</param>
/// <param name="Missing">How many more would be needed: so many people wait (L2).</param>
public sealed record LicenceForecast(string ProductId, string Name, int Total, int GrantedBefore, int Grants, int Reclaims, int Missing)
{
    /// <summary>Licences that the directory's users need and do not have yet.</summary>
    public int Needed => Grants + Missing;

    /// <summary>What there is for them.</summary>
    public int Available => Math.Max(0, Total - GrantedBefore) + Reclaims;

    /// <summary>For people, e.g. <c>Sales: needs 12 more licences than available (...)</c>; null: there are enough.</summary>
    public string? Shortage() => Missing == 0
        ? null
        : $"{Name}: needs {Missing} more {(Missing == 1 ? "licence" : "licences")} than available (total {Total}, needed for {Needed} more users, available for {Grants} of them). Who waits gets one as soon as there is one (L2).";
}
