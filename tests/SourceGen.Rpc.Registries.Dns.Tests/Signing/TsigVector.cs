namespace SourceGen.Rpc.Registries.Dns.Tests.Signing;

/// <summary>
/// A signed question and its answer, as other programs wrote them: questions by kdig 3.2.6 (<c>-y algorithm:name:secret +edns</c>), answers
/// by knot 3.2.6, taken off the wire between the two.
/// </summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="KeyName">The key's name as it was given to kdig, which sends it in lower case.</param>
/// <param name="Secret">The secret that kdig had.</param>
/// <param name="Question">What kdig sent.</param>
/// <param name="Answer">What knot answered.</param>
internal sealed record TsigVector(DnsKeyAlgorithm Algorithm, string KeyName, string Secret, byte[] Question, byte[] Answer)
{
    /// <summary>Knot has the key.</summary>
    public static TsigVector Sha256 { get; } = new(
        DnsKeyAlgorithm.HmacSha256,
        "hmac-sha256.Key.example",
        "3jsPwA4yczCgrmWumS1ViheksPeYSccPJwNL8/TnjGM=",
        Convert.FromHexString(
            "dd5401200001000000000002045f727063045f74637007677265657465720473686f70076578616d706c6500002100010000"
            + "2910000000000000000b686d61632d736861323536036b6579076578616d706c650000fa00ff00000000003d0b686d61632d"
            + "7368613235360000006b01bbfe012c0020aac9076f0a59524b8dd051b058a78df0b117db3e765a9ea4310df19a19fcd0fedd"
            + "5400000000"),
        Convert.FromHexString(
            "dd5485000001000100000003045f727063045f74637007677265657465720473686f70076578616d706c650000210001c00c"
            + "002100010000000100110000003213880161076578616d706c6500c042000100010000000100040a00000100002904d00000"
            + "000000000b686d61632d736861323536036b6579076578616d706c650000fa00ff00000000003d0b686d61632d7368613235"
            + "360000006b01bbfe012c0020b71ee882f48e0ee32974de43a860a39ee38784662e1e0c80ca7ba1a41465a379dd5400000000"));

    /// <summary>Knot has the key.</summary>
    public static TsigVector Sha384 { get; } = new(
        DnsKeyAlgorithm.HmacSha384,
        "hmac-sha384.Key.example",
        "fQ2qsRWx7u8VjWsr+EPdIubhDcaK3Hzp48Swavhl7Y0hvYxQc+OTU96t4le4+mC7",
        Convert.FromHexString(
            "45bb01200001000000000002045f727063045f74637007677265657465720473686f70076578616d706c6500002100010000"
            + "2910000000000000000b686d61632d736861333834036b6579076578616d706c650000fa00ff00000000004d0b686d61632d"
            + "7368613338340000006b01bbfe012c0030ac9c012c6bcab557459b3d44369aab536a6e7c57cd0ca0d56d9965981e53746301"
            + "9b4843f338b5d9d10d3fd3dec01eed45bb00000000"),
        Convert.FromHexString(
            "45bb85000001000100000003045f727063045f74637007677265657465720473686f70076578616d706c650000210001c00c"
            + "002100010000000100110000003213880161076578616d706c6500c042000100010000000100040a00000100002904d00000"
            + "000000000b686d61632d736861333834036b6579076578616d706c650000fa00ff00000000004d0b686d61632d7368613338"
            + "340000006b01bbfe012c0030aa544bf1a8c6476bea98e8eda0c6c0ffdffe6127c7c9fdb09d8a1f67c5fb1047b6269cf86fb3"
            + "6bb41295871f27efd3f345bb00000000"));

    /// <summary>Knot has the key.</summary>
    public static TsigVector Sha512 { get; } = new(
        DnsKeyAlgorithm.HmacSha512,
        "hmac-sha512.Key.example",
        "Xj9alxs+dxeejv/EOK8yaxERHojNOdEj0hS/Ht2BlHuHazsPT4qLxSqJmVEVFkJS2UfQ/H2vUb4TDlEw5H35vA==",
        Convert.FromHexString(
            "f66101200001000000000002045f727063045f74637007677265657465720473686f70076578616d706c6500002100010000"
            + "2910000000000000000b686d61632d736861353132036b6579076578616d706c650000fa00ff00000000005d0b686d61632d"
            + "7368613531320000006b01bbfe012c004075da4f9661094c759adbd60f628654d9512a9f4c0b07a861f3e8a69d663e073ca6"
            + "304096d45c8802cb2627b7056d739b62a036af51fc79db590fcc934595dc02f66100000000"),
        Convert.FromHexString(
            "f66185000001000100000003045f727063045f74637007677265657465720473686f70076578616d706c650000210001c00c"
            + "002100010000000100110000003213880161076578616d706c6500c042000100010000000100040a00000100002904d00000"
            + "000000000b686d61632d736861353132036b6579076578616d706c650000fa00ff00000000005d0b686d61632d7368613531"
            + "320000006b01bbfe012c0040032431da15e31f2e3af541ac6ed8d84e1215d3944cc31fd23ad51b05f6a79a42b4be1b6e86a8"
            + "a3653d8fdc625ff573e2048fd0845915f219177fa9af877a5976f66100000000"));

    /// <summary>Knot has another secret under this name: BADSIG.</summary>
    public static TsigVector WrongSecret { get; } = new(
        DnsKeyAlgorithm.HmacSha256,
        "hmac-sha256.Key.example",
        "fQ2qsRWx7u8VjWsr+EPdIubhDcaK3Hzp48Swavhl7Y0hvYxQc+OTU96t4le4+mC7",
        Convert.FromHexString(
            "cfab01200001000000000002045f727063045f74637007677265657465720473686f70076578616d706c6500002100010000"
            + "2910000000000000000b686d61632d736861323536036b6579076578616d706c650000fa00ff00000000003d0b686d61632d"
            + "7368613235360000006b01bbff012c00208cde020964edb2244f5b329b018856fe51bccec1f954093e7a41617163264935cf"
            + "ab00000000"),
        Convert.FromHexString(
            "cfab81090001000000000002045f727063045f74637007677265657465720473686f70076578616d706c6500002100010000"
            + "2904d00000000000000b686d61632d736861323536036b6579076578616d706c650000fa00ff00000000001d0b686d61632d"
            + "7368613235360000006b01bbff012c0000cfab00100000"));

    /// <summary>Knot knows no such key: BADKEY.</summary>
    public static TsigVector WrongName { get; } = new(
        DnsKeyAlgorithm.HmacSha256,
        "other.example",
        "3jsPwA4yczCgrmWumS1ViheksPeYSccPJwNL8/TnjGM=",
        Convert.FromHexString(
            "ed7b01200001000000000002045f727063045f74637007677265657465720473686f70076578616d706c6500002100010000"
            + "291000000000000000056f74686572076578616d706c650000fa00ff00000000003d0b686d61632d7368613235360000006b"
            + "01bbff012c002000d339c10b989e107fbfb9df5c2e0d1f2055086df6252e87d5efba9ddf72826fed7b00000000"),
        Convert.FromHexString(
            "ed7b81090001000000000002045f727063045f74637007677265657465720473686f70076578616d706c6500002100010000"
            + "2904d0000000000000056f74686572076578616d706c650000fa00ff00000000001d0b686d61632d7368613235360000006b"
            + "01bbff012c0000ed7b00110000"));

    /// <summary>Those that knot accepted.</summary>
    public static TsigVector Of(DnsKeyAlgorithm algorithm) => algorithm switch
    {
        DnsKeyAlgorithm.HmacSha256 => Sha256,
        DnsKeyAlgorithm.HmacSha384 => Sha384,
        _ => Sha512,
    };
}
