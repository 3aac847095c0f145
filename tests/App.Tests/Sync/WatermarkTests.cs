using System.Globalization;
using LdapSync.Storage.Records;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>The date since which mode <em>changed</em> looks for changes.</summary>
public sealed class WatermarkTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "U2")]
    public async Task Changed_OneDateIsInTheFuture_StillFollowsTheOthers()
    {
        await using var app = await StartAsync();

        await app.Slapd.ModifyAsync(People.Replacing("ben", "cn", "Ben Two") + People.Replacing("ben", "description", Now()));
        var run = await app.CompleteAsync("changed");

        Assert.Equal("changed", (string?)run["mode"]);
        Assert.Equal("Ben Two", (string?)(await app.UsersAsync())["ben"]["fullName"]);
    }

    /// <summary>As an earlier version may have kept it.</summary>
    [Fact]
    [Trait("Rule", "U2")]
    public async Task Changed_WatermarkIsInTheFuture_ReadsEverythingOnce()
    {
        await using var app = await StartAsync();
        var directories = app.Host.Services.GetRequiredService<DirectoryStore>();
        var directory = await directories.GetAsync(Api.Directory, TestContext.Current.CancellationToken);
        await directories.ReplaceAsync(directory! with { Watermark = TimeProvider.System.GetUtcNow().AddYears(70) }, TestContext.Current.CancellationToken);
        await app.Slapd.ModifyAsync(People.Replacing("ben", "cn", "Ben Two"));

        var run = await app.CompleteAsync("changed");

        Assert.Equal("full", (string?)run["mode"]);
        Assert.Contains("future", (string?)run["modeReason"], StringComparison.Ordinal);
        Assert.Equal("Ben Two", (string?)(await app.UsersAsync())["ben"]["fullName"]);
        Assert.Equal("changed", (string?)(await app.CompleteAsync("changed"))["mode"]);
    }

    /// <summary>Dates of modification are in an attribute that can be set.</summary>
    private async Task<Installation> StartAsync()
    {
        var app = await Installation.StartAsync(emulator, new People()
            .Person("anna", "Anna", "description: 20990101000000Z")
            .Person("ben", "Ben", "description: 20240101000000Z")
            .Group("staff", "anna", "ben"));
        await app.ConfigureAsync(body => body["users"]!["modificationDate"] = "description");
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        return app;
    }

    private static string Now() => TimeProvider.System.GetUtcNow().ToString("yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture);
}
