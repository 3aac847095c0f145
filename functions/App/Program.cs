System.Console.WriteLine("LdapSync");
