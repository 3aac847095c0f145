namespace LdapSync.Ldap.Protocol;

/// <summary>The names of result codes (RFC 4511, section 4.1.9; 4096: RFC 4533).</summary>
internal static class ResultCodes
{
    public const int Success = 0;
    public const int TimeLimitExceeded = 3;
    public const int SizeLimitExceeded = 4;
    public const int AdminLimitExceeded = 11;
    public const int SaslBindInProgress = 14;
    public const int NoSuchObject = 32;
    public const int InsufficientAccessRights = 50;
    public const int SyncRefreshRequired = 4096;

    private static readonly Dictionary<int, string> Names = new()
    {
        [0] = "success",
        [1] = "operationsError",
        [2] = "protocolError",
        [3] = "timeLimitExceeded",
        [4] = "sizeLimitExceeded",
        [7] = "authMethodNotSupported",
        [8] = "strongerAuthRequired",
        [10] = "referral",
        [11] = "adminLimitExceeded",
        [12] = "unavailableCriticalExtension",
        [13] = "confidentialityRequired",
        [14] = "saslBindInProgress",
        [16] = "noSuchAttribute",
        [17] = "undefinedAttributeType",
        [18] = "inappropriateMatching",
        [21] = "invalidAttributeSyntax",
        [32] = "noSuchObject",
        [34] = "invalidDNSyntax",
        [48] = "inappropriateAuthentication",
        [49] = "invalidCredentials",
        [50] = "insufficientAccessRights",
        [51] = "busy",
        [52] = "unavailable",
        [53] = "unwillingToPerform",
        [80] = "other",
        [4096] = "syncRefreshRequired",
    };

    public static string Name(int code) => Names.TryGetValue(code, out var name) ? name : "unknown to RFC 4511";
}
