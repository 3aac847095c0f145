using LdapSync.Core.Notifications;
using LdapSync.Storage.Records;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class NotificationStoreTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Rule", "N6")]
    public async Task Add_SameCauseAtOnce_IsThereOnceWithItsDeliveries()
    {
        await using var stores = await fixture.StoresAsync();
        var store = stores.GetRequiredService<NotificationStore>();

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.AddAsync(Notification("a"), Deliveries("a"), Token)));

        Assert.Single(added, once => once);
        var stored = Assert.Single((await store.PageAsync(null, null, 10, null, Token)).Items);
        Assert.Equivalent(Notification("a"), stored, strict: true);
        Assert.Equal(2, (await store.DueAsync(Some.Time, 10, Token)).Count);
    }

    [Fact]
    [Trait("Rule", "N6")]
    public async Task Add_AnswerLost_IsThereOnce()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        await using var stores = await fixture.StoresAsync(proxy);
        var store = stores.GetRequiredService<NotificationStore>();
        proxy.FailNext(FailureMode.LoseAnswer, 1, sent => sent.Path.Value!.Contains("$batch", StringComparison.Ordinal));

        await store.AddAsync(Notification("a"), Deliveries("a"), Token);
        Assert.False(await store.AddAsync(Notification("a"), Deliveries("a"), Token));

        Assert.Single((await store.PageAsync(null, null, 10, null, Token)).Items);
        Assert.Equal(2, (await store.PageDeliveriesAsync(closed: false, 10, null, Token)).Items.Count);
    }

    [Fact]
    [Trait("Rule", "N6")]
    public async Task TakeUp_ManyWorkersAtOnce_OneHasIt()
    {
        await using var stores = await fixture.StoresAsync();
        var store = stores.GetRequiredService<NotificationStore>();
        await store.AddAsync(Notification("a"), Deliveries("a")[..1], Token);
        var due = Assert.Single(await store.DueAsync(Some.Time, 10, Token));

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => store.TryReplaceAsync(
            due with { Due = Some.Time.AddMinutes(5), Attempts = 1, LastError = $"worker {worker}" }, Token)));

        var one = Assert.Single(taken, delivery => delivery is not null);
        Assert.Empty(await store.DueAsync(Some.Time.AddMinutes(4), 10, Token));
        Assert.Single(await store.DueAsync(Some.Time.AddMinutes(5), 10, Token));
        await store.CloseAsync(one! with { Sent = Some.Time }, null, Token);
        Assert.Empty(await store.DueAsync(Some.Time.AddYears(1), 10, Token));
        Assert.Equal(Some.Time, Assert.Single((await store.PageDeliveriesAsync(closed: true, 10, null, Token)).Items).Sent);
        Assert.Null(await store.TryReplaceAsync(one!, Token));
    }

    [Fact]
    public async Task Page_UnreadAndByDirectory_LatestFirst()
    {
        await using var stores = await fixture.StoresAsync();
        var store = stores.GetRequiredService<NotificationStore>();
        await store.AddAsync(Notification("a", minutes: 1), [], Token);
        await store.AddAsync(Notification("b", minutes: 3, directory: "other"), [], Token);
        await store.AddAsync(Notification("c", minutes: 2), [], Token);
        Assert.True(await store.MarkAsync(Notification("a", minutes: 1).Id, read: true, Token));
        Assert.False(await store.MarkAsync(Notification("x").Id, read: true, Token));

        Assert.Equal(["b", "c", "a"], Titles((await store.PageAsync(null, null, 10, null, Token)).Items));
        Assert.Equal(["b", "c"], Titles((await store.PageAsync(true, null, 10, null, Token)).Items));
        Assert.Equal(["c", "a"], Titles((await store.PageAsync(null, "acme", 10, null, Token)).Items));
        Assert.Equal(2, await store.CountUnreadAsync(100, Token));
        Assert.Equal(1, await store.CountUnreadAsync(1, Token));
        Assert.Equal(1, await store.PurgeAsync(Some.Time.AddMinutes(1), Token));
        Assert.Equal(["b", "c"], Titles((await store.PageAsync(null, null, 10, null, Token)).Items));
    }

    [Fact]
    public async Task Causes_PutAndDeleted_AreThoseOfTheDirectory()
    {
        await using var stores = await fixture.StoresAsync();
        var store = stores.GetRequiredService<NotificationStore>();
        var cause = new NotificationCause("shortage.crm", Some.Time, 12, "acme.0123456789abcdef", Told: true);
        await store.PutCauseAsync("acme", cause, Token);
        await store.PutCauseAsync("other", cause with { Level = 1 }, Token);

        Assert.Equal(cause, (await store.ReadCausesAsync("acme", Token))["shortage.crm"]);
        await store.DeleteCauseAsync("acme", "shortage.crm", Token);
        Assert.Empty(await store.ReadCausesAsync("acme", Token));
        Assert.Single(await store.ReadCausesAsync("other", Token));
    }

    private static IEnumerable<string> Titles(IEnumerable<Notification> items) => items.Select(item => item.Content.Title);

    private static Notification Notification(string title, int minutes = 0, string directory = "acme") => new(
        NotificationId.Of(Some.Time.AddMinutes(minutes), title), NotificationKind.GuardWaiting, NotificationSeverity.Warning, Some.Time.AddMinutes(minutes),
        new NotificationContent(title, "Text")
        {
            Facts = [new NotificationFact("Label", "Änne O'Hara")],
            ItemsTitle = "Items",
            Items = ["one", "two"],
            MoreItems = 3,
            LinkText = "Look",
            LinkPath = "runs/1",
        })
    {
        DirectoryId = directory,
        RunId = "acme.0123456789abcdef",
    };

    private static Delivery[] Deliveries(string title) =>
    [
        .. new[] { "a@example.test", "b@example.test" }.Select(address =>
            new Delivery(NotificationId.OfDelivery(Notification(title).Id, DeliveryChannel.Email, address), DeliveryChannel.Email, address) { Created = Some.Time, Due = Some.Time }),
    ];
}
