using LdapSync.TestBed;

namespace LdapSync.Demo.Acts;

/// <summary>A working day in the directory: people and groups change, with ldapmodify.</summary>
internal static class DirectoryChanges
{
    public const string NewSurname = "Brückner-Weiß";
    public const string NewLogin = "brueckner";
    public const string NewGroupName = "Project Bise";

    public static readonly string[] Newcomers = ["newcomer.one", "newcomer.two"];

    public static async Task PlayAsync(Context context, CancellationToken cancellationToken)
    {
        context.Stage.Act("The directory changes");
        var (cast, directory, expected) = (context.Cast, context.Directory, context.Expected);
        await RenamePersonAsync(context, cancellationToken);

        var group = cast.GroupToRename;
        await directory.RenameAsync(group.DistinguishedName, $"cn={NewGroupName}");
        expected.RenameGroup(group.Name, NewGroupName);
        context.Stage.Say($"renamed    the group {group.Name} to {NewGroupName}");

        await directory.ChangeAsync(
            cast.Disabled.DistinguishedName,
            ("changetype", "modify"), ("add", "pwdAccountLockedTime"), ("pwdAccountLockedTime", "000001010000Z"));
        expected.Disable(cast.Disabled.Login);
        context.Stage.Say($"disabled   {cast.Disabled.FullName} (the account is locked for good)");

        var admitted = cast.Company.Disabled;
        await directory.ChangeAsync(admitted.DistinguishedName, ("changetype", "modify"), ("delete", "pwdAccountLockedTime"));
        expected.Enable(admitted.Login);
        context.Stage.Say($"enabled    {admitted.FullName}, who was disabled all along and therefore never imported");

        await MovePersonAsync(context, cancellationToken);

        await directory.RemoveMemberAsync(cast.LeftGroup.DistinguishedName, cast.Left.DistinguishedName);
        expected.Leave(cast.Left.Login, cast.LeftGroup.Name);
        context.Stage.Say($"took out   {cast.Left.FullName} of {cast.LeftGroup.Name}, the only linked group she or he was in");

        await directory.ChangeAsync(cast.Deleted.DistinguishedName, ("changetype", "delete"));
        expected.Delete(cast.Deleted.Login);
        context.Stage.Say($"deleted    {cast.Deleted.FullName}");

        await AddPeopleAsync(context);
        await context.Stage.PauseAsync(cancellationToken);
    }

    private static async Task RenamePersonAsync(Context context, CancellationToken cancellationToken)
    {
        var person = context.Cast.Renamed;
        await context.Directory.ChangeAsync(
            person.DistinguishedName,
            ("changetype", "modify"),
            ("replace", "sn"), ("sn", NewSurname), ("-", ""),
            ("replace", "cn"), ("cn", NewFullName(person)), ("-", ""),
            ("replace", "mail"), ("mail", $"{NewLogin}@example.test"));
        await context.Directory.RenameAsync(person.DistinguishedName, $"uid={NewLogin}");
        var newName = $"uid={NewLogin},{person.Department.DistinguishedName}";
        foreach (var group in context.Cast.Linked.Where(group => group.Members.Contains(person)))
        {
            await context.Directory.WaitForMemberAsync(group.DistinguishedName, newName, cancellationToken);
        }

        context.Expected.RenameLogin(person.Login, NewLogin);
        context.Stage.Say($"renamed    {person.FullName} to {NewFullName(person)}: surname, login, e-mail and entry name");
    }

    private static async Task MovePersonAsync(Context context, CancellationToken cancellationToken)
    {
        var person = context.Cast.Moved;
        var from = context.Cast.Company.GroupOf(person.Department);
        var to = context.Cast.Company.Group("Kundendienst Zürich");
        var unit = Company.Departments.Single(department => department.Name == to.Name).DistinguishedName;
        var newName = $"uid={DistinguishedNames.Escape(person.Login)},{unit}";
        await context.Directory.RemoveMemberAsync(from.DistinguishedName, person.DistinguishedName);
        await context.Directory.AddMemberAsync(to.DistinguishedName, person.DistinguishedName);
        await context.Directory.RenameAsync(person.DistinguishedName, $"uid={DistinguishedNames.Escape(person.Login)}", unit);
        await context.Directory.WaitForMemberAsync(to.DistinguishedName, newName, cancellationToken);
        context.Expected.Leave(person.Login, from.Name);
        context.Expected.Join(person.Login, to.Name);
        context.Stage.Say($"moved      {person.FullName} from {from.Name} to {to.Name}: group and organizational unit");
    }

    private static async Task AddPeopleAsync(Context context)
    {
        (string Login, string Given, string Surname, string Group)[] people =
            [(Newcomers[0], "Núria", "Ferré, Jr.", "Research+Development"), (Newcomers[1], "Kwame", "Mensah", "Finance")];
        foreach (var (login, given, surname, groupName) in people)
        {
            var group = context.Cast.Company.Group(groupName);
            var department = Company.Departments.Single(department => department.Name == groupName);
            var person = new CompanyPerson(
                context.Cast.Company.People.Count, login, given, surname, $"{given} {surname}", $"uid={login},{department.DistinguishedName}", Guid.Empty)
            {
                Department = department,
                Title = "Analyst",
                Firm = "Example Labs",
                Phone = "+41 44 555 55 55",
            };
            await context.Directory.AddAsync(person);
            await context.Directory.AddMemberAsync(group.DistinguishedName, person.DistinguishedName);
            context.Expected.Join(login, groupName);
            context.Stage.Say($"added      {person.FullName}, in {groupName}");
        }
    }

    public static string NewFullName(CompanyPerson person) => $"{person.GivenName} {NewSurname}";
}
