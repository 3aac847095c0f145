namespace LdapSync.Core.Reading;

/// <summary>What went wrong between us and a directory server, as far as a person or a retry has to know.</summary>
public enum DirectoryFailure
{
    /// <summary>The host name has no address.</summary>
    UnknownHost,

    /// <summary>The port refuses connections, the network is unreachable, or connecting took too long.</summary>
    Unreachable,

    /// <summary>The server's certificate is not trusted, has another name, or is out of date; or there is no common TLS version.</summary>
    TlsNotTrusted,

    /// <summary>The server wants a stronger way to sign in, or the combination asked for cannot work.</summary>
    StrongerAuthenticationRequired,

    /// <summary>Wrong login or password (result 49), or an account that may not sign in.</summary>
    InvalidCredentials,

    /// <summary>The search base does not exist (result 32).</summary>
    NoSuchObject,

    /// <summary>The account may not do this (result 50).</summary>
    InsufficientAccess,

    /// <summary>The server did not understand the filter, an attribute or a control.</summary>
    InvalidRequest,

    /// <summary>The server did not answer in time.</summary>
    TimedOut,

    /// <summary>The connection broke in the middle, or the server said good-bye.</summary>
    ConnectionLost,

    /// <summary>The server is busy, unavailable or unwilling (results 51, 52, 53).</summary>
    Unavailable,

    /// <summary>The server sent what is not LDAP, or more than is allowed.</summary>
    ProtocolError,

    /// <summary>Any other result code.</summary>
    Other,
}

/// <summary>An operation on a directory failed. The message names host and operation, and holds no password and no entry's data.</summary>
public sealed class DirectoryException(
    DirectoryFailure failure, string server, string operation, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public DirectoryFailure Failure { get; } = failure;

    /// <summary>The server as <c>host:port</c>, or the list of servers that were tried.</summary>
    public string Server { get; } = server;

    /// <summary>The operation in words: <c>connect</c>, <c>StartTLS</c>, <c>bind</c>, <c>search</c> ...</summary>
    public string Operation { get; } = operation;

    /// <summary>The LDAP result code where the server gave one (RFC 4511, appendix A).</summary>
    public int? ResultCode { get; init; }

    /// <summary>Whether the same operation may succeed when it is tried again on a new connection.</summary>
    public bool CanRetry => Failure is DirectoryFailure.Unreachable or DirectoryFailure.UnknownHost or DirectoryFailure.TimedOut
        or DirectoryFailure.ConnectionLost or DirectoryFailure.Unavailable;
}
