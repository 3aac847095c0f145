using LdapSync.Core.Reading;

namespace LdapSync.App.Sync;

internal static class Proofs
{
    /// <summary>Why a read is not complete, in words.</summary>
    public static string Why(CompletenessProof proof) => proof.ResultCode switch
    {
        0 => proof.Message ?? "the server did not finish",
        3 => "the server's time limit was exceeded",
        4 => "the server's size limit was exceeded; raise it for the administrator login, or allow paged searches",
        11 => "an administrative limit of the server was exceeded",
        var code => $"result code {code}",
    };
}
