using LdapSync.Core.Formats;
using LdapSync.Core.Licences;
using LdapSync.Core.Planning;
using LdapSync.Core.Settings;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using LdapSync.Storage.State;

namespace LdapSync.App.Sync;

/// <summary>
/// Plans the licences of a run. What it costs follows what changed: users whom the run activates or deactivates, those of buckets whose state was made
/// anew, and who waited before. Only where there is no state that fits, everybody is compared with every grant.
/// </summary>
public sealed class LicencePlanning(RunFiles files, LicenceStore licences, LicenceStateStore states, LicenceCandidates candidates, UserStore users)
{
    public async Task<LicencesPlanned> PlanAsync(PlanLicencesInput input, CancellationToken cancellationToken)
    {
        var context = await files.LoadContextAsync(input.RunId, cancellationToken);
        var options = context.Settings.Options;
        var products = (await licences.ListAsync(cancellationToken)).Where(product => LicencePlanner.IsInScope(options, product.Id)).ToList();
        var key = LicenceState.KeyOf(options, products.Select(product => product.Id));
        var stored = await states.ReadAsync(input.DirectoryId, cancellationToken);
        var before = stored?.Key == key ? stored : null;

        var output = files.CreateWriter(RunFiles.PlanFolder(input.RunId), "licences");
        var forecasts = new List<LicenceForecast>();
        var waiting = new Dictionary<string, IReadOnlyList<LicenceWaiter>>(StringComparer.Ordinal);
        var decided = before is not null
            ? await candidates.ChangedAsync(input, context, cancellationToken)
            : products.Count > 0 ? await candidates.AllAsync(input, context, cancellationToken) : CandidateSet.Empty;
        var gone = before is not null ? await candidates.GoneAsync(input, before, cancellationToken) : new HashSet<string>();
        foreach (var product in products)
        {
            var waited = before?.Waiting.GetValueOrDefault(product.Id) ?? [];
            IReadOnlySet<string> holders = before is null
                ? await licences.ReadHoldersAsync(product.Id, cancellationToken).ToHashSetAsync(StringComparer.Ordinal, cancellationToken)
                : await licences.HoldersAsync(product.Id, decided.Ids, cancellationToken);
            var ordered = await candidates.WithAgeAsync(decided, holders, cancellationToken);
            var plan = LicencePlanner.Plan(options, product, [.. waited.Where(waiter => !gone.Contains(waiter.UserId))], ordered, holders);
            waiting[product.Id] = plan.Waiting;
            await WriteAsync(output, product, plan, decided, cancellationToken);
            var forecast = new LicenceForecast(product.Id, product.Name, product.Total, product.Granted, plan.Grants.Count, plan.Reclaims.Count, plan.Waiting.Count);
            if (forecast.Needed + forecast.Reclaims > 0)
            {
                forecasts.Add(forecast);
                Note(output, forecast);
            }
        }

        NoteUnknown(output, options, products);
        var next = new LicenceState(key, waiting);
        var changed = before is null ? stored is not null || products.Count > 0 : !before.SameAs(next);
        if (changed)
        {
            output.Add(Sections.LicenceState, LicenceStateFormat.Write(next));
        }

        return new LicencesPlanned(await output.CompleteAsync(cancellationToken), forecasts, changed);
    }

    /// <summary>People read logins: those of the plan, else of the records of who waited since an earlier run.</summary>
    private async Task WriteAsync(SegmentWriter output, LicenceProduct product, LicencePlan plan, CandidateSet decided, CancellationToken cancellationToken)
    {
        var section = Sections.LicencesOf(product.Id);
        var operations = plan.Reclaims.Select(userId => (UserId: userId, Add: false, Rule: Rule.ReclaimLicence))
            .Concat(plan.Grants.Select(waiter => (waiter.UserId, Add: true, Rule: Rule.GrantLicence))).ToList();
        var unnamed = operations.Where(operation => decided.NameOf(operation.UserId) is null).Select(operation => operation.UserId).ToList();
        var records = await users.GetManyAsync(unnamed, cancellationToken);
        foreach (var (userId, add, rule) in operations)
        {
            var name = decided.NameOf(userId) ?? records.GetValueOrDefault(userId)?.Login ?? "";
            output.Add(section, new LicenceOperation(product.Id, userId, name, add, rule), PlanFormat.Default.LicenceOperation);
            await output.FlushIfNeededAsync(cancellationToken);
        }
    }

    private static void Note(SegmentWriter output, LicenceForecast forecast)
    {
        if (forecast.Shortage() is { } shortage)
        {
            output.Add(Sections.Notes, new RunNote("licenceShortage", Rule.LicenceShortage, forecast.ProductId, shortage), PlanFormat.Default.RunNote);
        }
    }

    private static void NoteUnknown(SegmentWriter output, OptionSettings options, List<LicenceProduct> products)
    {
        foreach (var id in options.LicenceProducts.Except(products.Select(product => product.Id), StringComparer.Ordinal))
        {
            output.Add(
                Sections.Notes,
                new RunNote("unknownProduct", Rule.GrantLicence, id, "options.licenceProducts names a product that does not exist (any more): create it, or take it out of the settings."),
                PlanFormat.Default.RunNote);
        }
    }
}
