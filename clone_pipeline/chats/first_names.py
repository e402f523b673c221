"""First names for pseudonyms, from many languages; none of them is an everyday word of English."""

_NAMES = """
    Abebe Abena Adaeze Adela Adil Adoma Afia Agata Agnes Aiko Aino Aisha Aiyana Akira Alba Alejo
    Alena Alfonso Alina Alma Alton Alva Amadou Amara Amalia Amir Amrita Anaya Anders Andrei Aneta
    Anika Ansel Antje Anwar Apolline Arash Arjun Armel Arnav Arvid Asha Aslan Astrid Asuka Atsuko
    Audun Aurelio Ayaan Aylin Ayumi Azra Babak Bahar Balint Baptiste Barnabas Bartek Basia Bastien
    Beatriz Benedek Bengt Berit Bilal Binta Birgit Bjarne Bodil Bogdan Borja Boris Branko
    Brenda Brigida Bukola Calvin Camila Candela Carina Carmela Casimir Catarina Cecilia Cedric
    Cem Chiara Chidi Chinwe Chloe Ciara Clemens Conchita Corinna Cosima Cristobal Cyril Dagmar Daiki
    Damir Danuta Daria Darko Davide Deepa Delphine Demba Denise Deniz Desmond Dieter Dilara Dimitri
    Dina Djamila Dobromir Donatella Dorota Dragana Dunja Dylan Ebba Edda Edgar Edita Efua Egon Eilif
    Eirini Ekaterina Elanor Eleni Elif Elina Eliska Elmar Elodie Elvira Emeka Emilio Emre Enrique
    Erika Erlend Esma Esteban Etienne Eulalia Ewa Fabian Fadila Farah Farid Fatou Federica Felipe
    Ferenc Fernanda Fikret Filippa Finnian Fiona Flavia Florin Folke Franka Freja Frida Fumiko Gabor
    Gaspard Gemma Genoveva Georgi Gerda Ghita Gianna Gintare Giorgia Gisela Goran Gosia Greta Grigor
    Gudrun Gulnara Gunnar Gustavo Gyula Habib Hadiza Hakan Halina Hamza Hana Haruki Hassan Hedda
    Heidi Helmi Henrike Hideo Hiroko Hjalmar Hugo Ibrahim Ichiro Idris Ifeoma Ignacio Ilaria Ildiko
    Imani Imre Ines Ingrid Ioana Irena Irmgard Isandro Ishaan Ismail Isolde Istvan Itziar Ivana Ivar
    Iwona Jabari Jadwiga Jakob Jamila Janek Jarmila Jasna Javier Jelena Jerome Jiho Joana Johanna
    Jonas Jorge Jovana Juhani Julieta Junko Jurgen Kadri Kaito Kalina Kamal Karim Karolina Kasper
    Katarzyna Kavita Kazimir Keiko Kemal Kenji Kerstin Khadija Kiran Kirsten Klaus Kofi Konstantin
    Kristof Kwabena Kwame Kyoko Lakshmi Lamar Larissa Lasse Latifa Laszlo Leandro Leila Lennart
    Leocadia Leonor Levente Lidia Ligaya Liisa Liliana Linnea Linus Livia Ljubica Lorenza Lotte
    Lucinda Ludmila Luigi Lukas Luiza Lydia Madhuri Magdalena Mahmoud Maite Makoto Malik Malte
    Mamadou Manuela Marek Marguerite Mariam Marisol Marjatta Markku Marlene Masha Mateus Mathilda
    Matteo Mehmet Meera Melker Mette Micaela Mieke Miguel Mikael Milan Milena Minjun Mira Miroslav
    Mitsuko Mohini Mona Monika Morten Mostafa Murat Nadia Naima Nandi Naoko Narges Nasrin Natalya
    Nazim Neema Nestor Ngozi Nicolae Niels Nikhil Nilufar Nina Niraj Noemi Nora Norbert Nuria Obinna
    Octavio Oksana Olaf Olga Olivier Omar Ondrej Oriol Oskar Osvaldo Otto Ottilie Ozan Padma Paloma
    Paolo Parisa Pascale Patrik Pavel Pelle Perpetua Petra Philippa Pia Piotr Pooja Pranav
    Priya Quentin Quirin Rabia Radek Radmila Rafael Ragnhild Rahel Rajesh Ramona Rania Rashid Raul
    Regina Reiko Renata Renzo Ricarda Rina Roberta Rocio Rodrigo Rohan Rolf Romina Rosalind Roxana
    Ruben Rukhsana Ruslan Ryota Sabine Sadia Sagrario Sakura Salma Samira Sandor Sanjay Santiago
    Saskia Satoshi Sebnem Selim Serafina Sergei Severin Shabnam Shanti Shirin Sibusiso Sigrid Silvio
    Simone Sinead Siobhan Sithembile Slavko Solveig Somchai Sonja Soraya Stanislav Stefania Sunita
    Svenja Svetlana Sylvester Szilvia Tadashi Tahmina Takumi Tamara Tanja Tariq Tatiana Tendai
    Teodor Teresa Thabo Thea Thijs Tiago Timea Tindra Tomasz Torben Toshiko Tove Tuomas Ulrike Umar
    Urszula Ursula Uwe Valeria Vanessa Vasil Veronika Vidar Vikram Viktor Vilma Violeta Vittoria
    Vladimir Wanda Wanjiru Warsame Wiebke Wilhelm Wojtek Xavier Ximena Yael Yasmin Yelena Yorick
    Yosef Youssef Yuki Yuri Yusra Yvonne Zahra Zainab Zbigniew Zdenka Zelda Zeynep Zita Zlatan
    Zoltan Zora Zsofia Zuri
"""
FIRST_NAMES = tuple(_NAMES.split())
