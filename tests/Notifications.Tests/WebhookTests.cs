using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LdapSync.Core.Notifications;
using LdapSync.Core.Settings;
using LdapSync.Notifications.Webhooks;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Notifications.Tests;

public sealed class WebhookTests
{
    private const string Key = "a-key-of-some-length";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Generic_IsSignedJson()
    {
        await using var server = await WebhookServer.StartAsync();
        using var sender = new WebhookSender(TimeSpan.FromSeconds(5), TimeProvider.System);
        var notification = Some.Notification();
        var delivery = Some.Delivery(notification, "acme", DeliveryChannel.Webhook);

        await sender.SendAsync(new WebhookTarget(server.Url, Key, WebhookShape.Generic), delivery, notification, "https://sync.example.test", Token);

        var call = Assert.Single(server.Calls);
        var body = JsonNode.Parse(call.Body)!;
        Assert.Equal(delivery.Id, (string?)body["id"]);
        Assert.Equal(delivery.Id, call.Headers["X-LdapSync-Delivery"]);
        Assert.Equal("licenceShortage", (string?)body["kind"]);
        Assert.Equal(notification.Content.Title, (string?)body["title"]);
        Assert.Equal("https://sync.example.test/licences/crm", (string?)body["link"]);
        Assert.Equal(23, (int)body["moreItems"]!);

        // As whoever receives it would check it.
        var parts = call.Headers[WebhookSignature.Header].Split(',').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);
        var signed = Encoding.ASCII.GetBytes($"{parts["t"]}.").Concat(call.Body).ToArray();
        Assert.Equal(parts["v1"], Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), signed)));
        var sentAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts["t"], CultureInfo.InvariantCulture));
        Assert.InRange(TimeProvider.System.GetUtcNow() - sentAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Body_Teams_IsAnAdaptiveCardWithEscapedMarks()
    {
        var body = Body(WebhookShape.Teams);
        var attachment = body["attachments"]![0]!;
        Assert.Equal("application/vnd.microsoft.card.adaptive", (string?)attachment["contentType"]);
        var card = attachment["content"]!;
        Assert.Equal("AdaptiveCard", (string?)card["type"]);
        Assert.Equal("Too few licences: Größe & \\<b\\>Co\\</b\\>", (string?)card["body"]![0]!["text"]);
        Assert.Equal("https://sync.example.test/licences/crm", (string?)card["actions"]![0]!["url"]);
        Assert.Contains("\\*bold\\* \\_it\\_ \\[x\\](http://evil.test) \\`code\\`", (string?)card["body"]![3]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public void Body_Slack_IsBlocksWithEscapedMarks()
    {
        var body = Body(WebhookShape.Slack);
        Assert.Equal("Too few licences: Größe &amp; &lt;b&gt;Co&lt;/b&gt;", (string?)body["text"]);
        var blocks = body["blocks"]!.AsArray();
        Assert.Equal(["header", "section", "section", "section", "section"], blocks.Select(block => (string?)block!["type"]));
        Assert.Contains("CRM &lt;script&gt;", (string?)blocks[2]!["text"]!["text"], StringComparison.Ordinal);
        Assert.Equal("<https://sync.example.test/licences/crm|Look at the licences>", (string?)blocks[4]!["text"]!["text"]);
    }

    [Fact]
    public void Body_SlackLongTexts_StayWithinItsLimits()
    {
        var notification = Some.Notification(new string('x', 500), new string('y', 10_000));
        var body = JsonNode.Parse(WebhookBody.Of(WebhookShape.Slack, Some.Delivery(notification), notification, ""))!;
        foreach (var block in body["blocks"]!.AsArray())
        {
            Assert.True(((string)block!["text"]!["text"]!).Length <= ((string?)block["type"] == "header" ? 150 : 3000));
        }
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(429, true)]
    [InlineData(404, true)]
    [InlineData(302, true)]
    [InlineData(400, false)]
    [InlineData(410, false)]
    public async Task Send_NoSuccess_SaysWhetherForGoodAndNeverTheToken(int status, bool canRetry)
    {
        await using var server = await WebhookServer.StartAsync();
        server.OnCall = (_, _) => Task.FromResult(status);
        var failure = await FailsAsync(server.Url);
        Assert.Equal(canRetry, failure.CanRetry);
        Assert.Contains($"answered {status}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("some-token", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Send_Hangs_EndsInTime()
    {
        await using var server = await WebhookServer.StartAsync();
        server.OnCall = async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(5), token);
            return 200;
        };
        Assert.Contains("did not answer within 1 s", (await FailsAsync(server.Url)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_NobodyThere_SaysSo() =>
        Assert.Contains("cannot be reached", (await FailsAsync($"http://127.0.0.1:{Ports.Free()}/some-token")).Message, StringComparison.Ordinal);

    private static JsonNode Body(WebhookShape shape)
    {
        var notification = Some.Notification();
        return JsonNode.Parse(WebhookBody.Of(shape, Some.Delivery(notification, "acme", DeliveryChannel.Webhook), notification, "https://sync.example.test/"))!;
    }

    private static async Task<DeliveryException> FailsAsync(string url)
    {
        using var sender = new WebhookSender(TimeSpan.FromSeconds(1), TimeProvider.System);
        var notification = Some.Notification();
        return await Assert.ThrowsAsync<DeliveryException>(() => sender.SendAsync(
            new WebhookTarget(url, Key, WebhookShape.Generic), Some.Delivery(notification, "acme", DeliveryChannel.Webhook), notification, "", Token));
    }
}
