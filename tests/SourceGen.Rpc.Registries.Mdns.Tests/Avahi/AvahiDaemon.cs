using System.Diagnostics;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Avahi;

/// <summary>A real responder, avahi, on the loopback interface, with a message bus and a /run of its own.</summary>
internal sealed class AvahiDaemon : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private ServerProcess? _bus;
    private ServerProcess? _daemon;

    private string BusAddress => $"unix:path={_directory["bus"]}";

    public static async Task<AvahiDaemon> StartAsync()
    {
        AvahiDaemon avahi = new();
        try
        {
            await avahi.StartPartsAsync();
            return avahi;
        }
        catch
        {
            await avahi.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one of avahi's tools; what it writes is read until something comes.</summary>
    public Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo info = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["DBUS_SYSTEM_BUS_ADDRESS"] = BusAddress;
        return Process.Start(info)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null) await _daemon.DisposeAsync();
        if (_bus is not null) await _bus.DisposeAsync();
        _directory.Dispose();
    }

    private async Task StartPartsAsync()
    {
        await File.WriteAllTextAsync(_directory["bus.conf"], $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>system</type>
              <listen>{BusAddress}</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
                <allow user="*"/>
              </policy>
            </busconfig>
            """);
        await File.WriteAllTextAsync(_directory["avahi.conf"], """
            [server]
            host-name=avahi-here
            use-ipv4=yes
            use-ipv6=no
            allow-interfaces=lo
            enable-dbus=yes
            disallow-other-stacks=no
            [wide-area]
            enable-wide-area=no
            [publish]
            publish-hinfo=no
            publish-workstation=no
            [rlimits]
            """);
        _bus = await ServerProcess.StartAsync(new ServerStart(
            "dbus-daemon", $"--config-file={_directory["bus.conf"]}", "--nofork", "--nopidfile")
        {
            IsReady = _ => Task.FromResult(File.Exists(_directory["bus"])),
        });
        string program = File.Exists("/usr/sbin/avahi-daemon") ? "/usr/sbin/avahi-daemon" : "avahi-daemon";
        _daemon = await ServerProcess.StartAsync(new ServerStart(
            "unshare",
            "--mount",
            "sh",
            "-c",
            $"mount -t tmpfs none /run && exec {program} -f '{_directory["avahi.conf"]}' --no-drop-root --no-chroot --no-rlimits")
        {
            Environment = new Dictionary<string, string?> { ["DBUS_SYSTEM_BUS_ADDRESS"] = BusAddress },
            IsReady = async token =>
            {
                // Ends with 0 when the daemon answers.
                using Process browse = Start("avahi-browse", "-t", "-p", "_nothing._tcp");
                await browse.WaitForExitAsync(token);
                return browse.ExitCode == 0;
            },
        });
    }
}
