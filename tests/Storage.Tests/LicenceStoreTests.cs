using LdapSync.Core.Licences;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class LicenceStoreTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly LicenceGrant Grant = new("", "acme", Some.Time);

    [Fact]
    [Trait("Rule", "L1")]
    public async Task Write_TwoDirectoriesAtOnce_NeverGrantMoreThanTheTotal()
    {
        await using var stores = await fixture.StoresAsync();
        var licences = stores.GetRequiredService<LicenceStore>();
        await licences.InsertAsync(new LicenceProduct("crm") { Name = "CRM", Total = 250 }, Token);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(directory =>
            licences.WriteAsync("crm", [.. Enumerable.Range(directory * 1000, 150).Select(number => Granting(number))], Token)));

        var holders = await licences.ReadHoldersAsync("crm", Token).ToList();
        var product = await licences.GetAsync("crm", Token);
        Assert.Equal(250, holders.Count);
        Assert.Equal(250, product!.Granted);
        Assert.Equal(250, outcomes.Sum(some => some.Count(outcome => outcome == LicenceOutcome.Done)));
        Assert.Equal(200, outcomes.Sum(some => some.Count(outcome => outcome == LicenceOutcome.NoneLeft)));
    }

    [Fact]
    public async Task Write_Again_ChangesNothingAndSaysDone()
    {
        await using var stores = await fixture.StoresAsync();
        var licences = stores.GetRequiredService<LicenceStore>();
        await licences.InsertAsync(new LicenceProduct("crm") { Name = "CRM", Total = 120 }, Token);
        List<LicenceWrite> writes = [.. Enumerable.Range(0, 120).Select(Granting)];

        await licences.WriteAsync("crm", writes[..70], Token);
        var first = await licences.WriteAsync("crm", writes, Token);
        var tag = (await licences.GetAsync("crm", Token))!.ETag;
        var second = await licences.WriteAsync("crm", writes, Token);

        Assert.All(first.Concat(second), outcome => Assert.Equal(LicenceOutcome.Done, outcome));
        var product = await licences.GetAsync("crm", Token);
        Assert.Equal((120, tag), (product!.Granted, product.ETag));
    }

    [Fact]
    [Trait("Rule", "L3")]
    public async Task Write_TakingBackAndGranting_GivesWhatCameBack()
    {
        await using var stores = await fixture.StoresAsync();
        var licences = stores.GetRequiredService<LicenceStore>();
        await licences.InsertAsync(new LicenceProduct("crm") { Name = "CRM", Total = 2 }, Token);
        await licences.WriteAsync("crm", [Granting(1), Granting(2)], Token);

        var outcomes = await licences.WriteAsync("crm", [Granting(3), Granting(4), new LicenceWrite(Some.User(1, 1).Id, null), new LicenceWrite(Some.User(9, 9).Id, null)], Token);

        Assert.Equal([LicenceOutcome.Done, LicenceOutcome.NoneLeft, LicenceOutcome.Done, LicenceOutcome.Done], outcomes);
        Assert.Equal([Some.User(2, 2).Id, Some.User(3, 3).Id], await licences.ReadHoldersAsync("crm", Token).ToList());
        Assert.Equal(2, (await licences.GetAsync("crm", Token))!.Granted);
    }

    [Fact]
    public async Task Write_AnswersLost_CountsEachLicenceOnce()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        await using var stores = await fixture.StoresAsync(proxy);
        var licences = stores.GetRequiredService<LicenceStore>();
        await licences.InsertAsync(new LicenceProduct("crm") { Name = "CRM", Total = 500 }, Token);
        proxy.FailNext(FailureMode.LoseAnswer, 2, sent => sent.Path.Value!.Contains("$batch", StringComparison.Ordinal));

        var outcomes = await licences.WriteAsync("crm", [.. Enumerable.Range(0, 300).Select(Granting)], Token);

        Assert.All(outcomes, outcome => Assert.Equal(LicenceOutcome.Done, outcome));
        Assert.Equal(300, (await licences.GetAsync("crm", Token))!.Granted);
        Assert.Equal(300, (await licences.ReadHoldersAsync("crm", Token).ToList()).Count);
    }

    [Fact]
    public async Task Write_UnknownProduct_SaysSo()
    {
        await using var stores = await fixture.StoresAsync();

        Assert.Equal([LicenceOutcome.NoProduct], await stores.GetRequiredService<LicenceStore>().WriteAsync("crm", [Granting(1)], Token));
    }

    [Fact]
    public async Task Replace_LicenceGrantedMeanwhile_IsRefused()
    {
        await using var stores = await fixture.StoresAsync();
        var licences = stores.GetRequiredService<LicenceStore>();
        var product = await licences.InsertAsync(new LicenceProduct("crm") { Name = "CRM", Total = 5 }, Token);
        await licences.WriteAsync("crm", [Granting(1)], Token);

        await Assert.ThrowsAsync<RecordChangedException>(() => licences.ReplaceAsync(product with { Total = 0 }, Token));
    }

    [Fact]
    public async Task State_InvalidatedMeanwhile_IsNotWritten()
    {
        await using var stores = await fixture.StoresAsync();
        var states = stores.GetRequiredService<LicenceStateStore>();
        var state = new LicenceState("grant", new Dictionary<string, IReadOnlyList<LicenceWaiter>> { ["crm"] = [new LicenceWaiter("0a", Some.Time)] });
        Assert.Null(await states.ReadAsync("acme", Token));

        var old = await states.InvalidateAsync("acme", Token);
        var mark = await states.InvalidateAsync("acme", Token);

        Assert.False(await states.WriteAsync("acme", state, old, Token));
        Assert.Null(await states.ReadAsync("acme", Token));
        Assert.True(await states.WriteAsync("acme", state, mark, Token));
        Assert.True((await states.ReadAsync("acme", Token))!.SameAs(state));
    }

    private static LicenceWrite Granting(int number)
    {
        var id = Some.User(number, number % Buckets.Count).Id;
        return new LicenceWrite(id, Grant with { UserId = id });
    }
}
