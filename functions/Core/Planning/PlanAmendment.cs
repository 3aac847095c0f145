namespace LdapSync.Core.Planning;

/// <summary>Takes refused claims to logins out of the plan of a bucket (U5).</summary>
public static class PlanAmendment
{
    /// <summary>A refused new user is not created; a refused rename leaves the login alone, everything else about the user goes on.</summary>
    public static BucketPlan Without(BucketPlan plan, IReadOnlySet<string> refused)
    {
        var amended = new BucketPlan { StateChanged = plan.StateChanged };
        var dropped = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in plan.Users)
        {
            if (!refused.Contains(operation.UserId))
            {
                amended.Users.Add(operation);
            }
            else if (operation.Action == PlannedAction.Create)
            {
                dropped.Add(operation.UserId);
            }
            else if (operation.Changes.Any(change => change.Field != UserField.Login))
            {
                amended.Users.Add(operation with { Changes = [.. operation.Changes.Where(change => change.Field != UserField.Login)] });
            }
        }

        amended.Members.AddRange(plan.Members.Where(member => !dropped.Contains(member.UserId)));
        amended.Claims.AddRange(plan.Claims.Where(claim => !refused.Contains(claim.UserId)));
        amended.Notes.UnionWith(plan.Notes);
        amended.Collisions.AddRange(plan.Collisions);
        amended.NeedAttributes.AddRange(plan.NeedAttributes);
        foreach (var user in plan.Next)
        {
            if (!dropped.Contains(user.UserId))
            {
                // Fingerprint 0: looked at again at the next run, when the login may have become free.
                amended.Next.Add(refused.Contains(user.UserId) ? user with { Fingerprint = 0 } : user);
            }
        }

        return amended;
    }
}
