using System.Globalization;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: renames and marks roles as planned (R2, R7).</summary>
public sealed class ApplyRoles(RoleApplication application, ILogger<ApplyRoles> logger)
{
    [Function(nameof(ApplyRoles))]
    public Task<Applied> Run([ActivityTrigger] ApplyRolesInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.Part.RunId, nameof(ApplyRoles), () => application.ApplyAsync(input, cancellationToken));
}

public sealed class RoleApplication(RoleStore roles, StagingArea staging)
{
    public async Task<Applied> ApplyAsync(ApplyRolesInput input, CancellationToken cancellationToken)
    {
        var (done, conflicts) = (0L, 0L);
        await foreach (var operation in staging.ReadAsync(input.Plan, section => section == Sections.Roles, PlanFormat.Default.RoleOperation, cancellationToken))
        {
            if (await ApplyAsync(operation, cancellationToken))
            {
                done++;
            }
            else
            {
                conflicts++;
            }
        }

        return new Applied(done, conflicts);
    }

    private async Task<bool> ApplyAsync(RoleOperation operation, CancellationToken cancellationToken)
    {
        if (await roles.GetAsync(operation.RoleId, cancellationToken) is not { } role)
        {
            return false;
        }

        var changed = role;
        foreach (var change in operation.Changes)
        {
            var current = Read(role, change.Field);
            if (current != change.After)
            {
                if (current != change.Before)
                {
                    return false;
                }

                changed = With(changed, change.Field, change.After);
            }
        }

        try
        {
            if (changed != role)
            {
                await roles.ReplaceAsync(changed, cancellationToken);
            }

            return true;
        }
        catch (RecordChangedException)
        {
            return false;
        }
    }

    public static string? Read(RoleRecord role, string field) => field switch
    {
        "name" => role.Name,
        "groupDistinguishedName" => role.GroupDistinguishedName,
        _ => role.GroupMissingSince is null ? null : UserField.Text(role.GroupMissingSince.Value),
    };

    private static RoleRecord With(RoleRecord role, string field, string? value) => field switch
    {
        "name" => role with { Name = value! },
        "groupDistinguishedName" => role with { GroupDistinguishedName = value },
        _ => role with { GroupMissingSince = value is null ? null : DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) },
    };
}
