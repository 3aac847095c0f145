namespace LdapSync.Storage;

/// <summary>A record was changed or removed since it was read: read it again and decide anew.</summary>
public sealed class RecordChangedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A record with this key, and other content, is already there.</summary>
public sealed class RecordExistsException(string message, Exception? inner = null) : Exception(message, inner);
