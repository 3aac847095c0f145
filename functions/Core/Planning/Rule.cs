namespace LdapSync.Core.Planning;

/// <summary>The ids of the rules that can cause a change or a note; the plan, the journal, the tests and the documentation name rules by them.</summary>
public static class Rule
{
    /// <summary>Import.</summary>
    public const string Import = "U1";

    /// <summary>Update: mapped fields follow the directory.</summary>
    public const string Update = "U2";

    /// <summary>Deactivate: no longer among the active users.</summary>
    public const string Deactivate = "U3";

    /// <summary>Reactivate: among the active users again.</summary>
    public const string Reactivate = "U4";

    /// <summary>Collision of logins.</summary>
    public const string Collision = "U5";

    /// <summary>Company against existing accounts.</summary>
    public const string Company = "U6";

    /// <summary>Job title against existing job titles.</summary>
    public const string JobTitle = "U7";

    /// <summary>Required attribute missing.</summary>
    public const string MissingAttribute = "U8";

    /// <summary>Bound by hand.</summary>
    public const string Binding = "U9";

    /// <summary>A renamed group renames its role.</summary>
    public const string RoleRename = "R2";

    /// <summary>Who joined a linked group joins its role.</summary>
    public const string Join = "R3";

    /// <summary>Who left, with <em>synchronize only groups</em> on.</summary>
    public const string LeaveGroupsOnly = "R4";

    /// <summary>Who left, with <em>synchronize only groups</em> off.</summary>
    public const string Leave = "R5";

    /// <summary>A directory user put into a linked role by hand is taken out again.</summary>
    public const string ManualMember = "R6";

    /// <summary>The linked group no longer exists.</summary>
    public const string GroupMissing = "R7";

    /// <summary>An active synchronized user gets a licence of each product, the oldest member first.</summary>
    public const string GrantLicence = "L1";

    /// <summary>More users than licences.</summary>
    public const string LicenceShortage = "L2";

    /// <summary>A deactivated user's licence goes back.</summary>
    public const string ReclaimLicence = "L3";

    /// <summary>A run has ended.</summary>
    public const string RunEnded = "N1";

    /// <summary>Notification of a shortage of licences.</summary>
    public const string ShortageNotice = "N2";

    /// <summary>Notification of a plan that waits for approval.</summary>
    public const string GuardNotice = "N3";

    /// <summary>Notification of a missing group.</summary>
    public const string GroupNotice = "N4";

    /// <summary>Notification of a directory that cannot be reached.</summary>
    public const string UnreachableNotice = "N5";

    /// <summary>Once per cause.</summary>
    public const string OncePerCause = "N6";

    /// <summary>A linked, active user of a linked group, or one bound by hand, signs in.</summary>
    public const string SignIn = "I1";

    /// <summary>Everyone else is refused.</summary>
    public const string SignInRefused = "I2";

    /// <summary>No removal without a complete read.</summary>
    public const string IncompleteRead = "G1";
}
