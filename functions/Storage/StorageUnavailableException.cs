namespace LdapSync.Storage;

/// <summary>
/// Table storage, blob storage or the key vault did not answer, or refused the identity, also after retries.
/// What was being written may or may not be written; every write of this project can be repeated. The message names the service and its host.
/// </summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
