using LdapSync.Core.Notifications;
using LdapSync.Notifications.Mail;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Notifications.Tests;

/// <summary>E-mails through a real SMTP server.</summary>
public sealed class MailTests
{
    private static readonly MailSender Sender = new(TimeSpan.FromSeconds(5));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MailSecurity.StartTls, true)]
    [InlineData(MailSecurity.Tls, true)]
    [InlineData(MailSecurity.None, false)]
    public async Task Send_EachSecurity_ArrivesAsTextAndHtml(MailSecurity security, bool encrypted)
    {
        await using var server = MailServer.Start(tls: encrypted, implicitTls: security == MailSecurity.Tls, signIn: encrypted);
        var notification = Some.Notification();
        var delivery = Some.Delivery(notification);

        await Sender.SendAsync(delivery, notification, Some.Settings(server, security), MailServer.Password, Token);

        var mail = Assert.Single(server.Received);
        Assert.Equal(["admin@example.test"], mail.Recipients);
        Assert.Equal(encrypted, mail.Encrypted);
        Assert.Equal(encrypted ? MailServer.UserName : null, mail.User);
        Assert.Equal(notification.Content.Title, mail.Message.Subject);
        Assert.Equal($"{delivery.Id}@example.test", mail.Message.MessageId);
        Assert.Equal("auto-generated", mail.Message.Headers["Auto-Submitted"]);
        Assert.Contains("Åsa O'Brien <asa@x> (asa)", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("- and 23 more", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://sync.example.test/admin/licences/crm", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("&#197;sa O&#39;Brien &lt;asa@x&gt; (asa)", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("href=\"https://sync.example.test/admin/licences/crm\"", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", mail.Message.HtmlBody, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Send_Twice_HasOneMessageId()
    {
        await using var server = MailServer.Start();
        var notification = Some.Notification();

        await Sender.SendAsync(Some.Delivery(notification), notification, Some.Settings(server), MailServer.Password, Token);
        await Sender.SendAsync(Some.Delivery(notification), notification, Some.Settings(server), MailServer.Password, Token);
        await Sender.SendAsync(Some.Delivery(notification, "other@example.test"), notification, Some.Settings(server), MailServer.Password, Token);

        Assert.Equal(2, server.Received.Select(mail => mail.Message.MessageId).Distinct().Count());
        Assert.Equal(server.Received[0].Message.MessageId, server.Received[1].Message.MessageId);
    }

    [Theory]
    [InlineData("Line\r\nBcc: victim@example.test")]
    [InlineData("a\u0000b\u202ec")]
    [InlineData("Ünï ☃ 漢字 😀")]
    public async Task Send_OddTitle_IsOneHeader(string title)
    {
        await using var server = MailServer.Start();
        var notification = Some.Notification(title, item: "x\u0000y");

        await Sender.SendAsync(Some.Delivery(notification), notification, Some.Settings(server), MailServer.Password, Token);

        var message = Assert.Single(server.Received).Message;
        Assert.Empty(message.Bcc);
        Assert.Equal(["admin@example.test"], server.Received[0].Recipients);
        Assert.DoesNotContain("\u0000", message.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", message.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_LongTitle_IsCut()
    {
        await using var server = MailServer.Start();
        var notification = Some.Notification(new string('x', 10_000));

        await Sender.SendAsync(Some.Delivery(notification), notification, Some.Settings(server), MailServer.Password, Token);

        Assert.Equal(200, Assert.Single(server.Received).Message.Subject!.Length);
    }

    [Fact]
    public async Task Send_WrongPassword_SaysSo()
    {
        await using var server = MailServer.Start();
        var failure = await FailsAsync(Some.Settings(server), "wrong");
        Assert.Contains("refuses the user name or password", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.CanRetry);
    }

    [Fact]
    public async Task Send_UnknownAuthority_SaysSo()
    {
        await using var server = MailServer.Start();
        using var other = new TestAuthority("Other");
        Assert.Contains("trustedCertificates", (await FailsAsync(Some.Settings(server) with { TrustedCertificates = "" })).Message, StringComparison.Ordinal);
        Assert.Contains("trustedCertificates", (await FailsAsync(Some.Settings(server) with { TrustedCertificates = other.Pem })).Message, StringComparison.Ordinal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task Send_NoStartTls_IsRefused()
    {
        await using var server = MailServer.Start(tls: false, signIn: false);
        Assert.Contains("STARTTLS", (await FailsAsync(Some.Settings(server))).Message, StringComparison.Ordinal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task Send_NobodyThere_SaysSo()
    {
        await using var server = MailServer.Start();
        var failure = await FailsAsync(Some.Settings(server) with { Port = Ports.Free() });
        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.CanRetry);
    }

    [Theory]
    [InlineData("550 no such user", false)]
    [InlineData("450 try again later", true)]
    public async Task Send_RecipientRefused_SaysWhetherForGood(string answer, bool canRetry)
    {
        await using var server = MailServer.Start();
        server.OnRecipient = _ => answer;
        var failure = await FailsAsync(Some.Settings(server));
        Assert.Equal(canRetry, failure.CanRetry);
        Assert.Contains(answer[..3], failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ServerStalls_EndsInTime()
    {
        await using var server = MailServer.Start();
        server.OnMessage = async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(5), token);
            return null;
        };
        var failure = await FailsAsync(Some.Settings(server), sender: new MailSender(TimeSpan.FromSeconds(2)));
        Assert.Contains("did not answer within 2 s", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.CanRetry);
    }

    private static async Task<DeliveryException> FailsAsync(MailSettings settings, string password = MailServer.Password, MailSender? sender = null)
    {
        var notification = Some.Notification();
        return await Assert.ThrowsAsync<DeliveryException>(() => (sender ?? Sender).SendAsync(Some.Delivery(notification), notification, settings, password, Token));
    }
}
