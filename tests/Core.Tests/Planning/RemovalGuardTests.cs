using CsCheck;
using LdapSync.Core.Planning;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

public sealed class RemovalGuardTests
{
    private static readonly RemovalLimits Limits = new()
    {
        Deactivations = 50,
        DeactivationsPercent = 10,
        RoleRemovals = 200,
        RoleRemovalsPercent = 20,
        MinimumPopulation = 20,
    };

    [Theory]
    [InlineData(1000, 50, 0, 0, "")]
    [InlineData(1000, 51, 0, 0, "deactivations")]
    [InlineData(100, 10, 0, 0, "")]
    [InlineData(100, 11, 0, 0, "deactivationsPercent")]
    [InlineData(20, 20, 0, 0, "")]
    [InlineData(21, 2, 0, 0, "")]
    [InlineData(21, 3, 0, 0, "deactivationsPercent")]
    [InlineData(0, 0, 10000, 201, "roleRemovals")]
    [InlineData(0, 0, 100, 20, "")]
    [InlineData(0, 0, 100, 21, "roleRemovalsPercent")]
    [InlineData(0, 0, 20, 20, "")]
    [InlineData(1000, 51, 10000, 201, "deactivations,roleRemovals")]
    [Trait("Rule", "G2")]
    public void Exceeded_AroundTheLimits_NamesTheLimit(long users, long deactivations, long memberships, long removals, string fields)
    {
        var exceeded = RemovalGuard.Exceeded(Limits, users, deactivations, memberships, removals);

        Assert.Equal(
            fields.Split(',', StringSplitOptions.RemoveEmptyEntries),
            exceeded.Select(text => text.Split("options.removalLimits.")[1].Split(' ')[0]));
    }

    [Fact]
    [Trait("Rule", "G2")]
    public void Exceeded_NoLimits_IsNothing() => Assert.Empty(RemovalGuard.Exceeded(
        new RemovalLimits { Deactivations = null, DeactivationsPercent = null, RoleRemovals = null, RoleRemovalsPercent = null }, 100, 100, 100, 100));

    [Fact]
    [Trait("Rule", "G2")]
    public void Exceeded_LimitOfZero_LetsNothingThrough()
    {
        var limits = new RemovalLimits { Deactivations = 0, RoleRemovals = 0, MinimumPopulation = 0 };

        Assert.Empty(RemovalGuard.Exceeded(limits, 5, 0, 5, 0));
        Assert.Equal(2, RemovalGuard.Exceeded(limits, 5, 1, 5, 1).Count);
    }

    [Fact]
    [Trait("Rule", "G2")]
    public void Exceeded_AnyNumbers_IsMoreThanAllowedOfEnough()
    {
        var limit = Gen.Int[0, 120].Select(value => value > 100 ? default(int?) : value);
        Gen.Select(limit, limit, Gen.Int[0, 30], Gen.Long[0, 200], Gen.Long[0, 200]).Sample((count, percent, minimum, population, removals) =>
        {
            var limits = new RemovalLimits
            {
                Deactivations = count,
                DeactivationsPercent = percent,
                RoleRemovals = count,
                RoleRemovalsPercent = percent,
                MinimumPopulation = minimum,
            };
            var over = population > minimum && (removals > (count ?? long.MaxValue) || removals > population * (percent ?? 1000000) / 100m);

            Assert.Equal(over ? 1 : 0, RemovalGuard.Exceeded(limits, population, removals, 0, 0).Count);
            Assert.Equal(over ? 1 : 0, RemovalGuard.Exceeded(limits, 0, 0, population, removals).Count);
        });
    }
}
