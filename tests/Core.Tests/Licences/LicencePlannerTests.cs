using LdapSync.Core.Licences;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Licences;

public sealed class LicencePlannerTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <param name="total">Licences of the product.</param>
    /// <param name="granted">Of these, granted before.</param>
    /// <param name="waiting">Who waited, with days of membership: <c>a5</c> is a member for five days.</param>
    /// <param name="candidates">Whom the run looks at; a minus: inactive.</param>
    /// <param name="holders">Those of them with a licence.</param>
    /// <param name="options">g: grant; r: reclaim.</param>
    /// <param name="expected">Grants / reclaims / waiting.</param>
    [Theory]
    [Trait("Rule", "L1")]
    [InlineData(3, 0, "", "a1 b2 c3", "", "gr", "c b a//")]
    [InlineData(2, 0, "", "a1 b2 c3", "", "gr", "c b//a")]
    [InlineData(2, 0, "", "b1 a1 c1", "", "gr", "a b//c")]
    [InlineData(5, 1, "", "a1 b2", "b", "gr", "a//")]
    [InlineData(0, 0, "", "a1 b2", "", "gr", "//b a")]
    [InlineData(9, 0, "", "a1 b2", "", "r", "//")]
    [InlineData(2, 1, "a9", "b2", "", "gr", "a//b")]
    [InlineData(3, 1, "a9", "", "", "gr", "a//")]
    [InlineData(1, 1, "a9", "", "", "gr", "//a")]
    [InlineData(1, 1, "a9 b3", "-a9", "", "gr", "//b")]
    [InlineData(2, 2, "a9 b3", "a9", "a", "gr", "//b")]
    [InlineData(1, 2, "", "a1", "", "gr", "//a")]
    public void Plan_ActiveUsers_GetLicencesOldestMemberFirst(int total, int granted, string waiting, string candidates, string holders, string options, string expected) =>
        Assert.Equal(expected, Plan(total, granted, waiting, candidates, holders, options));

    [Theory]
    [Trait("Rule", "L2")]
    [InlineData(0, "a1 b2", 2, "needs 2 more licences")]
    [InlineData(1, "a1 b2", 1, "needs 1 more licence ")]
    [InlineData(2, "a1 b2", 0, null)]
    public void Forecast_MoreUsersThanLicences_SaysHowManyAreMissing(int total, string candidates, int missing, string? says)
    {
        var plan = PlanOf(total, 0, "", candidates, "", "gr");
        var forecast = new LicenceForecast("crm", "CRM", total, 0, plan.Grants.Count, plan.Reclaims.Count, plan.Waiting.Count);

        Assert.Equal(missing, forecast.Missing);
        Assert.Equal(2, forecast.Needed);
        Assert.Equal(total, forecast.Available);
        if (says is null)
        {
            Assert.Null(forecast.Shortage());
        }
        else
        {
            Assert.Contains(says, forecast.Shortage(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [Trait("Rule", "L3")]
    [InlineData(1, 1, "", "-a1", "a", "gr", "/a/")]
    [InlineData(1, 1, "", "-a1", "a", "g", "//")]
    [InlineData(1, 1, "", "-a1", "a", "r", "/a/")]
    [InlineData(1, 1, "", "-a1", "", "gr", "//")]
    [InlineData(1, 1, "b9 c3", "-a1", "a", "gr", "b/a/c")]
    [InlineData(1, 1, "", "-a1 b2", "a", "gr", "b/a/")]
    public void Plan_DeactivatedUser_LicenceGoesBackAndToWhoWaits(int total, int granted, string waiting, string candidates, string holders, string options, string expected) =>
        Assert.Equal(expected, Plan(total, granted, waiting, candidates, holders, options));

    [Theory]
    [InlineData(true, true, "", "crm", true)]
    [InlineData(false, true, "", "crm", true)]
    [InlineData(false, false, "", "crm", false)]
    [InlineData(true, true, "crm", "crm", true)]
    [InlineData(true, true, "crm", "erp", false)]
    public void IsInScope_OfOptions_GoesByProductAndSwitches(bool grant, bool reclaim, string products, string product, bool inScope) =>
        Assert.Equal(inScope, LicencePlanner.IsInScope(
            new OptionSettings { GrantLicences = grant, ReclaimLicences = reclaim, LicenceProducts = products.Split(' ', StringSplitOptions.RemoveEmptyEntries) }, product));

    private static string Plan(int total, int granted, string waiting, string candidates, string holders, string options)
    {
        var plan = PlanOf(total, granted, waiting, candidates, holders, options);
        return $"{Ids(plan.Grants.Select(waiter => waiter.UserId))}/{Ids(plan.Reclaims)}/{Ids(plan.Waiting.Select(waiter => waiter.UserId))}";
    }

    private static LicencePlan PlanOf(int total, int granted, string waiting, string candidates, string holders, string options) => LicencePlanner.Plan(
        new OptionSettings { GrantLicences = options.Contains('g', StringComparison.Ordinal), ReclaimLicences = options.Contains('r', StringComparison.Ordinal) },
        new LicenceProduct("crm") { Name = "CRM", Total = total, Granted = granted },
        [.. Words(waiting).Select(word => new LicenceWaiter(word[..1], Since(word[1..])))],
        [.. Words(candidates).Select(word => word.TrimStart('-')).Zip(Words(candidates), (word, raw) => new LicenceCandidate(word[..1], Since(word[1..]), raw[0] != '-'))],
        Words(holders).ToHashSet(StringComparer.Ordinal));

    private static DateTimeOffset Since(string days) => Day.AddDays(-int.Parse(days, System.Globalization.CultureInfo.InvariantCulture));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Ids(IEnumerable<string> ids) => string.Join(' ', ids);
}
