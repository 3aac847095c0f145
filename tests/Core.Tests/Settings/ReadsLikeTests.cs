using System.Text.Json;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Settings;

public sealed class ReadsLikeTests
{
    private static readonly DirectorySettings Settings = SettingsPresets.For(DirectoryKind.OpenLdap, "dc=example");

    [Theory]
    [InlineData("[]")]
    [InlineData("""["a", "b"]""")]
    public void ReadsLike_StoredAndReadAgain_IsTheSame(string shards)
    {
        var settings = Settings with { Users = Settings.Users with { Shards = JsonSerializer.Deserialize<string[]>(shards)! } };
        var stored = JsonSerializer.Deserialize<DirectorySettings>(JsonSerializer.Serialize(settings))!;

        Assert.True(settings.ReadsLike(stored));
        Assert.True(settings.ReadsLike(stored with { Schedule = stored.Schedule with { Paused = true } }));
        Assert.True(settings.ReadsLike(stored with { Users = stored.Users with { Shards = ["x"] } }));
    }

    [Fact]
    [Trait("Rule", "S1")]
    public void ReadsLike_OtherMappingBaseOrFilter_IsNotTheSame()
    {
        Assert.False(Settings.ReadsLike(Settings with { Users = Settings.Users with { Login = "mail" } }));
        Assert.False(Settings.ReadsLike(Settings with { Groups = Settings.Groups with { SearchBase = "ou=other" } }));
        Assert.False(Settings.ReadsLike(Settings with { Filters = Settings.Filters with { Users = "(objectClass=person)" } }));
    }
}
