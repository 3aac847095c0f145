using System.Text.RegularExpressions;

namespace LdapSync.Storage;

/// <summary>Where the records, the staged segments and the secrets are. One of <see cref="ConnectionString"/> and <see cref="AccountName"/> is needed.</summary>
public sealed partial class StorageOptions
{
    /// <summary><c>Records__ConnectionString</c>: local development and tests.</summary>
    public string? ConnectionString { get; set; }

    /// <summary><c>Records__AccountName</c>: the storage account, signed in to with a managed identity (or whatever <c>DefaultAzureCredential</c> finds).</summary>
    public string? AccountName { get; set; }

    /// <summary><c>Records__ManagedIdentityClientId</c>: of a user-assigned identity; null: the system-assigned one.</summary>
    public string? ManagedIdentityClientId { get; set; }

    /// <summary><c>Records__EndpointSuffix</c>: differs in the national clouds.</summary>
    public string EndpointSuffix { get; set; } = "core.windows.net";

    /// <summary><c>Records__TablePrefix</c>: 1 to 40 letters and digits, a letter first; several installations can share an account.</summary>
    public string TablePrefix { get; set; } = "LdapSync";

    /// <summary><c>KeyVault__Uri</c>: where secrets are; null: files in <see cref="SecretsFolder"/>.</summary>
    public Uri? KeyVaultUri { get; set; }

    /// <summary><c>Secrets__Folder</c>: only without a vault; null: <c>~/.local/share/ldapsync/secrets</c>.</summary>
    public string? SecretsFolder { get; set; }

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString) && string.IsNullOrWhiteSpace(AccountName))
        {
            throw new InvalidOperationException(
                "No storage account is set: set Records__AccountName to its name (or, for local development, Records__ConnectionString).");
        }

        if (!Prefix().IsMatch(TablePrefix))
        {
            throw new InvalidOperationException("Records__TablePrefix must be 1 to 40 letters and digits, beginning with a letter.");
        }

        if (KeyVaultUri is { IsAbsoluteUri: false } or { Scheme: not "https" })
        {
            throw new InvalidOperationException("KeyVault__Uri must be an address like https://{vault}.vault.azure.net/.");
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
