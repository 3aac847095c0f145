using System.Net;
using System.Net.Sockets;

namespace LdapSync.TestBed;

public static class Ports
{
    private static readonly HashSet<int> Given = [];

    /// <summary>A TCP port that is free on the loopback address now and was not given out before by this process.</summary>
    public static int Free()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            lock (Given)
            {
                if (Given.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
