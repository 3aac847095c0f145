using System.Security.Cryptography;
using System.Text.Json;
using LdapSync.App.Api;
using LdapSync.App.Notifications;
using LdapSync.App.Sync;
using LdapSync.Core.Notifications;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using LdapSync.Storage.Secrets;
using LdapSync.Storage.State;

namespace LdapSync.App.Settings;

/// <summary>Saves settings whole or not at all (S1): checked, tried on the server, then password, then record.</summary>
public sealed class SettingsEditor(DirectoryStore directories, ISecretStore secrets, SettingsTrial trial, SyncStateStore states, LicenceStore licences)
{
    private readonly SecretChanges changes = new(secrets);

    /// <summary>A tag of the settings alone: runs change a directory's record too, and are no reason to refuse a save.</summary>
    public static string Tag(DirectorySettings settings) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(settings, ApiJson.Options)).AsSpan(0, 12))}\"";

    public async Task<(DirectoryRecord Directory, SavedSecrets Saved)> GetAsync(string directoryId, CancellationToken cancellationToken)
    {
        var directory = await directories.GetAsync(ApiText.Key(directoryId, "directory"), cancellationToken)
            ?? throw ApiException.NotFound($"directory '{directoryId}'");
        return (directory, await SavedAsync(directoryId, cancellationToken));
    }

    /// <summary>The password that was sent, or the saved one.</summary>
    public async Task<string?> PasswordAsync(string directoryId, string? sent, CancellationToken cancellationToken) =>
        sent ?? (ApiText.IsSlug(directoryId) ? await secrets.GetAsync(DirectorySessions.PasswordName(directoryId), cancellationToken) : null);

    /// <exception cref="ApiException">Names every field that is wrong.</exception>
    public static void Check(DirectorySettings settings, bool hasPassword)
    {
        var errors = SettingsValidator.Validate(settings, hasPassword);
        if (errors.Count > 0)
        {
            throw ApiException.Fields(errors.Select(error => (error.Field, error.Message)));
        }
    }

    internal async Task<(DirectoryRecord Directory, SavedSecrets Saved)> SaveAsync(
        string directoryId, SettingsBody body, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!ApiText.IsSlug(directoryId))
        {
            throw ApiException.Field("directoryId", "The directory's id in the address: 1 to 40 of a-z, 0-9 and -, not beginning with -.");
        }

        var before = await directories.GetAsync(directoryId, cancellationToken);
        CheckTag(before, ifMatch);
        var saved = await PasswordAsync(directoryId, null, cancellationToken);
        var password = body.Password ?? saved;
        Check(body.Settings, !string.IsNullOrEmpty(password));
        await CheckWebhookAsync(directoryId, body, cancellationToken);
        await CheckProductsAsync(body.Settings.Options.LicenceProducts, cancellationToken);
        await trial.RequireAsync(body.Settings, password, cancellationToken);

        // The record first: its entity tag lets one of two through who save at the same moment, and only that one writes secrets. From here on it goes to
        // its end, whoever has gone away meanwhile.
        var stored = await StoreAsync(directoryId, body.Settings, before, cancellationToken);
        try
        {
            await changes.WriteAsync(
            [
                (NotificationSecrets.WebhookUrl(directoryId), body.WebhookUrl),
                (NotificationSecrets.WebhookKey(directoryId), body.WebhookKey),
                (DirectorySessions.PasswordName(directoryId), body.Password),
            ]);
        }
        catch
        {
            // Nothing half: new settings without their password would be tried with the old one, again and again.
            await TakeBackAsync(stored, before);
            throw;
        }

        return (stored, await SavedAsync(directoryId, CancellationToken.None));
    }

    private async Task TakeBackAsync(DirectoryRecord stored, DirectoryRecord? before)
    {
        try
        {
            await (before is null
                ? directories.DeleteAsync(stored, CancellationToken.None)
                : directories.ReplaceAsync(before with { ActiveRunId = stored.ActiveRunId, LastRunFinished = stored.LastRunFinished, ETag = stored.ETag }, CancellationToken.None));
        }
        catch (Exception failure) when (failure is RecordChangedException or StorageUnavailableException)
        {
            // It was saved again at this moment, or storage is away as well: the answer says that saving has failed, and the next save puts it right.
        }
    }

    private async Task<DirectoryRecord> StoreAsync(string directoryId, DirectorySettings settings, DirectoryRecord? before, CancellationToken cancellationToken)
    {
        if (before is null)
        {
            return await directories.InsertAsync(new DirectoryRecord(directoryId) { Settings = settings }, cancellationToken);
        }

        // What is mapped or found otherwise from now on was perhaps modified long before the watermark.
        var sameReading = before.Settings.ReadsLike(settings);
        var sameIds = before.Settings.Users.UserId == settings.Users.UserId;
        for (var current = before; ; current = await directories.GetAsync(directoryId, cancellationToken) ?? throw ApiException.NotFound($"directory '{directoryId}'"))
        {
            if (Tag(current.Settings) != Tag(before.Settings) && Tag(current.Settings) == Tag(settings))
            {
                // The answer to the attempt before was lost.
                return current;
            }

            if (Tag(current.Settings) != Tag(before.Settings))
            {
                throw new RecordChangedException("The settings were changed meanwhile.");
            }

            try
            {
                var stored = await directories.ReplaceAsync(
                    current with { Settings = settings, Watermark = sameReading ? current.Watermark : null }, cancellationToken);
                if (!sameIds)
                {
                    await states.InvalidateAllAsync(directoryId, cancellationToken);
                }

                return stored;
            }
            catch (RecordChangedException)
            {
                // A run began or ended at this moment; the settings are looked at again.
            }
        }
    }

    private async Task<SavedSecrets> SavedAsync(string directoryId, CancellationToken cancellationToken)
    {
        var saved = await Task.WhenAll(
            secrets.GetAsync(DirectorySessions.PasswordName(directoryId), cancellationToken),
            secrets.GetAsync(NotificationSecrets.WebhookUrl(directoryId), cancellationToken),
            secrets.GetAsync(NotificationSecrets.WebhookKey(directoryId), cancellationToken));
        return new SavedSecrets(saved[0] is not null, saved[1] is not null, saved[2] is not null);
    }

    private async Task CheckWebhookAsync(string directoryId, SettingsBody body, CancellationToken cancellationToken)
    {
        if (body.WebhookUrl is { Length: > 0 } url && !MailRules.IsWebAddress(url))
        {
            throw ApiException.Field("notifications.webhook.url", "An address that begins with https:// is expected (http:// for this machine only), without user name and password.");
        }

        if (body.WebhookKey is { Length: > 0 and < 16 } or { Length: > 1000 })
        {
            throw ApiException.Field("notifications.webhook.key", "A key has 16 to 1000 characters.");
        }

        if (body.Settings.Notifications.Webhook.Enabled
            && string.IsNullOrEmpty(body.WebhookUrl ?? await secrets.GetAsync(NotificationSecrets.WebhookUrl(directoryId), cancellationToken)))
        {
            throw ApiException.Field("notifications.webhook.url", "A webhook that is switched on needs its address.");
        }
    }

    private async Task CheckProductsAsync(IReadOnlyList<string> products, CancellationToken cancellationToken)
    {
        var known = products.Count == 0 ? [] : (await licences.ListAsync(cancellationToken)).Select(product => product.Id).ToList();
        var unknown = products.Select((product, index) => (product, index)).Where(entry => !known.Contains(entry.product)).ToList();
        if (unknown.Count > 0)
        {
            var choice = known.Count == 0 ? "There are no products yet; PUT /api/licences/{product} creates one." : $"Known are {string.Join(", ", known)}.";
            throw ApiException.Fields(unknown.Select(entry => ($"options.licenceProducts[{entry.index}]", $"There is no product with this id. {choice}")));
        }
    }

    private static void CheckTag(DirectoryRecord? before, string? ifMatch)
    {
        if (!string.IsNullOrEmpty(ifMatch) && ifMatch != "*" && (before is null || Tag(before.Settings) != ifMatch))
        {
            throw new ApiException(412, "Changed meanwhile", "Somebody else saved these settings since you read them. Read them again and repeat your change.");
        }
    }
}
