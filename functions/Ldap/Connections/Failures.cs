using System.Formats.Asn1;
using System.Net.Sockets;
using System.Security.Authentication;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Connections;

/// <summary>Says in <see cref="DirectoryException"/>s what went wrong, where, and what to do.</summary>
internal static class Failures
{
    /// <summary>Runs one step of setting up a connection, under a time-out, and names the step in whatever goes wrong.</summary>
    public static async Task<T> GuardAsync<T>(
        ServerAddress server, string operation, TimeSpan timeout, TimeProvider time, Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await step(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && limit.IsCancellationRequested)
        {
            throw TimedOut(server, operation, timeout);
        }
        catch (Exception exception) when (Translate(server, operation, exception) is { } translated && !cancellationToken.IsCancellationRequested)
        {
            throw translated;
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && exception is not OperationCanceledException)
        {
            throw new OperationCanceledException("The connection was not wanted any more.", exception, cancellationToken);
        }
    }

    public static DirectoryException TimedOut(ServerAddress server, string operation, TimeSpan timeout)
    {
        // A connection that is never answered is a firewall's way to refuse it.
        var failure = operation == "connect" ? DirectoryFailure.Unreachable : DirectoryFailure.TimedOut;
        return new DirectoryException(
            failure, $"{server}", operation, $"{server} did not answer within {timeout.TotalSeconds:0.#} s ({operation}).");
    }

    public static DirectoryException Protocol(ServerAddress server, string operation, string what, Exception? inner = null) =>
        new(DirectoryFailure.ProtocolError, $"{server}", operation, $"{server} sent what is not valid LDAP ({operation}): {what}", inner);

    public static DirectoryException Lost(ServerAddress server, string operation, string what, Exception? inner = null) =>
        new(DirectoryFailure.ConnectionLost, $"{server}", operation, $"The connection to {server} was lost ({operation}): {what}", inner);

    /// <summary>The failure that an exception of the framework stands for; null where it is none of the connection's.</summary>
    public static DirectoryException? Translate(ServerAddress server, string operation, Exception exception) => exception switch
    {
        DirectoryException => null,
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => new DirectoryException(
            DirectoryFailure.UnknownHost, $"{server}", operation, $"The host name {server.Host} has no address: check the server name.", exception),
        SocketException refused when operation == "connect" => new DirectoryException(
            DirectoryFailure.Unreachable, $"{server}", operation, $"{server} cannot be reached: {refused.Message}.", exception),
        AuthenticationException => new DirectoryException(
            DirectoryFailure.TlsNotTrusted, $"{server}", operation, $"TLS with {server} failed: {Innermost(exception).Message}", exception),
        AsnContentException or InvalidDataException => Protocol(server, operation, exception.Message, exception),
        IOException or SocketException or ObjectDisposedException => Lost(server, operation, Innermost(exception).Message, exception),
        _ => null,
    };

    /// <summary>The failure that a result code stands for (RFC 4511, appendix A).</summary>
    public static DirectoryException FromResult(ServerAddress server, string operation, LdapResult result, string? searchBase = null)
    {
        var (failure, advice) = Explain(result, searchBase);
        var said = result.Diagnostic.Length > 0 ? $" The server says: {result.Diagnostic}" : "";
        return new DirectoryException(
            failure, $"{server}", operation, $"{server}: {operation} failed with result {result.Code} ({ResultCodes.Name(result.Code)}). {advice}{said}")
        {
            ResultCode = result.Code,
        };
    }

    private static (DirectoryFailure Failure, string Advice) Explain(LdapResult result, string? searchBase) => result.Code switch
    {
        3 => (DirectoryFailure.TimedOut, "The server's time limit was reached."),
        7 => (DirectoryFailure.StrongerAuthenticationRequired, "The server does not offer this authentication type: choose another one."),
        8 or 13 => (DirectoryFailure.StrongerAuthenticationRequired,
            "The server wants TLS, or signed and sealed messages: use SSL or StartTLS, or authenticate with Kerberos or NTLM."),
        10 => (DirectoryFailure.NoSuchObject, $"The server does not hold the search base '{searchBase}' and refers to another server: choose a base of its own."),
        32 => (DirectoryFailure.NoSuchObject, result.MatchedName.Length > 0
            ? $"The search base '{searchBase}' does not exist; the nearest entry that does is '{result.MatchedName}'."
            : $"The search base '{searchBase}' does not exist."),
        34 => (DirectoryFailure.InvalidRequest, "A distinguished name is not well formed: check the login and the search base."),
        14 or 48 or 49 or 53 when IsLockedOrExpired(result.Diagnostic) is { } why => (DirectoryFailure.InvalidCredentials, why),
        48 => (DirectoryFailure.InvalidCredentials, "The server does not take this kind of login here: check the authentication type and the login."),
        49 => (DirectoryFailure.InvalidCredentials, "The login or the password is wrong."),
        50 => (DirectoryFailure.InsufficientAccess, "The account that signs in may not do this: give it the right to read."),
        51 or 52 => (DirectoryFailure.Unavailable, "The server is busy or shutting down: try again later."),
        53 => (DirectoryFailure.Unavailable, "The server is unwilling to do this."),
        2 or 12 or 16 or 17 or 18 or 21 or 87 => (DirectoryFailure.InvalidRequest, "The server does not understand the filter, an attribute or a control."),
        1 when NeedsBind(result.Diagnostic) => (DirectoryFailure.InsufficientAccess, "The server wants a login first: anonymous access is not enough."),
        _ => (DirectoryFailure.Other, ""),
    };

    /// <summary>Active Directory hides why a login was refused in a hexadecimal "data" field of its text.</summary>
    private static string? IsLockedOrExpired(string diagnostic)
    {
        (string Code, string Why)[] reasons =
        [
            ("data 525,", "The login is unknown to the domain."),
            ("data 530,", "The account may not sign in at this time."),
            ("data 531,", "The account may not sign in from this machine."),
            ("data 532,", "The account's password has expired."),
            ("data 533,", "The account is disabled."),
            ("data 701,", "The account has expired."),
            ("data 773,", "The account must change its password first."),
            ("data 775,", "The account is locked."),
        ];
        foreach (var (code, why) in reasons)
        {
            if (diagnostic.Contains(code, StringComparison.OrdinalIgnoreCase))
            {
                return why;
            }
        }

        return null;
    }

    private static bool NeedsBind(string diagnostic) => diagnostic.Contains("bind", StringComparison.OrdinalIgnoreCase);

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
