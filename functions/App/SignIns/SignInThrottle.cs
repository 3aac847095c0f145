using System.Net;
using System.Net.Sockets;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.SignIns;

/// <summary>An attempt that was counted.</summary>
/// <param name="RetryAfter">Not null: it may not be made.</param>
public sealed record SignInTicket(string DirectoryId, IReadOnlyList<(string Subject, long Attempt)> Counted, TimeSpan? RetryAfter);

/// <summary>
/// Limits attempts by login and by address (I1). An attempt is counted before the password is looked at and taken back when it was right, so that
/// attempts at the same moment cannot pass together. Logins that nobody has are counted like others.
/// </summary>
public sealed class SignInThrottle(SignInLimitStore limits, TimeProvider time)
{
    public async Task<SignInTicket> EnterAsync(DirectoryRecord directory, string login, string address, CancellationToken cancellationToken)
    {
        var settings = directory.Settings.SignIn;
        var window = TimeSpan.FromMinutes(settings.WindowMinutes);
        var counted = new List<(string, long)>();
        foreach (var (subject, limit) in new[]
        {
            ($"login:{Buckets.NormalizeLogin(login)}", settings.AttemptsPerLogin),
            ($"address:{Network(address)}", settings.AttemptsPerAddress),
        })
        {
            var decision = await limits.TryAddAsync(directory.Id, subject, time.GetUtcNow(), limit, window, cancellationToken);
            if (!decision.Allowed)
            {
                // Nothing is tried, so nothing is counted.
                await TakeBackAsync(new SignInTicket(directory.Id, counted, null), cancellationToken);
                return new SignInTicket(directory.Id, [], decision.RetryAfter);
            }

            counted.Add((subject, decision.Attempts[^1]));
        }

        return new SignInTicket(directory.Id, counted, null);
    }

    public async Task TakeBackAsync(SignInTicket ticket, CancellationToken cancellationToken)
    {
        foreach (var (subject, attempt) in ticket.Counted)
        {
            await limits.TakeBackAsync(ticket.DirectoryId, subject, attempt, cancellationToken);
        }
    }

    /// <summary>An IPv4 address itself; of IPv6 the first 64 bits, which one client has to itself.</summary>
    private static string Network(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed))
        {
            return address;
        }

        parsed = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return parsed.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(parsed.GetAddressBytes()[..8]) : parsed.ToString();
    }
}
