using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;
using Novell.Directory.Ldap;

namespace LdapSync.Ldap.Novell;

/// <summary>The library's exceptions as ours.</summary>
internal static class NovellFailures
{
    // Result codes of the library itself, of no server.
    private const int FirstLocalCode = 81;
    private const int LastLocalCode = 114;

    public static async Task<T> TranslateAsync<T>(ServerAddress server, string operation, Func<Task<T>> step)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (LdapException failure) when (failure.ResultCode is < FirstLocalCode or > LastLocalCode)
        {
            throw Failures.FromResult(server, operation, new LdapResult(failure.ResultCode, failure.MatchedDn ?? "", failure.LdapErrorMessage ?? "", []));
        }
        catch (LdapException failure)
        {
            throw failure.InnerException is { } inner && Failures.Translate(server, operation, inner) is { } translated
                ? translated
                : Local(server, operation, failure);
        }
    }

    public static DirectoryException Of(ServerAddress server, string operation, LdapResponse response, string searchBase) =>
        response.ResultCode is >= FirstLocalCode and <= LastLocalCode
            ? Failures.Lost(server, operation, LdapException.ResultCodeToString(response.ResultCode))
            : Failures.FromResult(
                server, operation, new LdapResult(response.ResultCode, response.MatchedDn ?? "", response.ErrorMessage ?? "", response.Referrals ?? []), searchBase);

    private static DirectoryException Local(ServerAddress server, string operation, LdapException failure) => failure.ResultCode switch
    {
        LdapException.ConnectError or LdapException.ServerDown when operation == "connect" =>
            new DirectoryException(DirectoryFailure.Unreachable, $"{server}", operation, $"{server} cannot be reached: {failure.Message}.", failure),
        LdapException.LdapTimeout => new DirectoryException(DirectoryFailure.TimedOut, $"{server}", operation, $"{server} did not answer in time ({operation}).", failure),
        LdapException.FilterError => new DirectoryException(DirectoryFailure.InvalidRequest, $"{server}", operation, $"{server}: the filter is not valid ({operation}).", failure),
        LdapException.DecodingError => Failures.Protocol(server, operation, failure.Message, failure),
        _ => Failures.Lost(server, operation, failure.Message, failure),
    };
}
