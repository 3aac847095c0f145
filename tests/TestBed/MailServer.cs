using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace LdapSync.TestBed;

/// <summary>A message as the server got it.</summary>
/// <param name="Recipients">As the envelope says.</param>
/// <param name="Encrypted">It came through TLS.</param>
/// <param name="User">Who had signed in; null: nobody.</param>
public sealed record ReceivedMail(MimeMessage Message, IReadOnlyList<string> Recipients, bool Encrypted, string? User);

/// <summary>
/// A mail server of one's own on 127.0.0.1: STARTTLS (or TLS from the start), sign-in, and answers of the test's choice. What it says 250 to is kept,
/// everything else is not.
/// </summary>
public sealed class MailServer : IAsyncDisposable
{
    public const string UserName = "notifier";
    public const string Password = "notifier-secret";
    public const string From = "ldapsync@example.test";

    private readonly CancellationTokenSource stop = new();
    private readonly TestAuthority authority = new("Mail authority");
    private readonly List<ReceivedMail> received = [];
    private readonly X509Certificate2? certificate;
    private readonly Task serving;

    private MailServer(bool tls, bool implicitTls, bool signIn)
    {
        var endpoint = new EndpointDefinitionBuilder().Endpoint(new IPEndPoint(IPAddress.Loopback, Port));
        if (tls)
        {
            var (pem, key) = authority.Issue("localhost", ["localhost", "127.0.0.1"]);
            using var issued = X509Certificate2.CreateFromPem(pem, key);
            certificate = X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null);
            endpoint = endpoint.Certificate(certificate).IsSecure(implicitTls);
        }

        if (signIn)
        {
            endpoint = endpoint.AuthenticationRequired().AllowUnsecureAuthentication(false);
        }

        var services = new ServiceProvider();
        services.Add(new Store(this));
        services.Add(new Filter(this));
        services.Add(new Authenticator());
        var server = new SmtpServer.SmtpServer(new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint.Build()).Build(), services);
        serving = server.StartAsync(stop.Token);
    }

    public int Port { get; } = Ports.Free();

    /// <summary>PEM of who issued the server's certificate, which is for localhost and 127.0.0.1.</summary>
    public string Authority => authority.Pem;

    /// <summary>Answers a recipient: null takes it, e.g. <c>550 no such user</c> refuses it.</summary>
    public Func<string, string?>? OnRecipient { get; set; }

    /// <summary>Answers a message, when it is whole; null takes it. It may wait: the other side waits for the answer.</summary>
    public Func<ReceivedMail, CancellationToken, Task<string?>>? OnMessage { get; set; }

    /// <summary>Messages that were taken, in their order.</summary>
    public IReadOnlyList<ReceivedMail> Received
    {
        get
        {
            lock (received)
            {
                return [.. received];
            }
        }
    }

    public static MailServer Start(bool tls = true, bool implicitTls = false, bool signIn = true) => new(tls, implicitTls, signIn);

    /// <summary>Polls until so many messages were taken.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> WaitForAsync(int count, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(60));
        while (Received.Count < count)
        {
            await Task.Delay(30, limit.Token).ConfigureAwait(false);
        }

        return Received;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await serving.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // That was meant.
        }

        stop.Dispose();
        certificate?.Dispose();
        authority.Dispose();
    }

    private static SmtpResponse Answer(string text) => new((SmtpReplyCode)int.Parse(text.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture), text[4..]);

    private sealed class Store(MailServer server) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            using var content = new MemoryStream(buffer.ToArray());
            var mail = new ReceivedMail(
                await MimeMessage.LoadAsync(content, cancellationToken).ConfigureAwait(false),
                [.. transaction.To.Select(mailbox => $"{mailbox.User}@{mailbox.Host}")],
                context.Pipe.IsSecure,
                context.Authentication.IsAuthenticated ? context.Authentication.User : null);
            if (server.OnMessage is { } answer && await answer(mail, cancellationToken).ConfigureAwait(false) is { } refused)
            {
                return Answer(refused);
            }

            lock (server.received)
            {
                server.received.Add(mail);
            }

            return SmtpResponse.Ok;
        }
    }

    private sealed class Filter(MailServer server) : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
            server.OnRecipient?.Invoke($"{to.User}@{to.Host}") is { } refused ? throw new SmtpResponseException(Answer(refused)) : Task.FromResult(true);
    }

    private sealed class Authenticator : UserAuthenticator
    {
        public override Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken) =>
            Task.FromResult(user == UserName && password == Password);
    }
}
